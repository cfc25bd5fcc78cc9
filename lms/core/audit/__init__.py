"""The journal: append-only, sealed into a hash chain, verifiable. See `journal` and `chain`."""

from lms.core.audit.chain import Verdict, needs_seal, seal, verify
from lms.core.audit.journal import AuditEntry, AuditSeal, record

__all__ = ["AuditEntry", "AuditSeal", "Verdict", "needs_seal", "record", "seal", "verify"]
