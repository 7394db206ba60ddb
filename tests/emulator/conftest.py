from qbo_emulator.testing import qbo, qbo_server

__all__ = ["qbo", "qbo_server"]
