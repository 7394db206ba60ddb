"""Where QuickBooks tells that something changed: checked, written down, and answered at once.

QuickBooks waits three seconds, and stops telling an address that is slow or wrong. So nothing is read from
QuickBooks here, and what cannot be understood, or is about nobody here, is answered like everything else.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tieout.quickbooks import webhooks


@csrf_exempt  # no browser sends this: the signature is what says who does
@require_POST
def quickbooks(request: HttpRequest) -> HttpResponse:
    """200: heard; 401: not signed by QuickBooks; 413: longer than any notification."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit() or int(said) > webhooks.LONGEST:
        return HttpResponse(status=413)
    genuine = webhooks.receive(request.body, request.headers.get("intuit-signature", ""))
    return HttpResponse(status=200 if genuine else 401)
