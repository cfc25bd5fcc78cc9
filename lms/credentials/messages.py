"""What holders of credentials receive."""

from lms.notifications.messages import Message

CREDENTIAL_ISSUED = Message("credential_issued", "credential_issued")
CREDENTIAL_HELD = Message("credential_held", "credential_held")
CREDENTIAL_REVOKED = Message("credential_revoked", "credential_revoked")
