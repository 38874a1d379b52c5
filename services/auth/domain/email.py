"""Email addresses: validation, normal form, and the key that makes them unique."""

import email_validator

from services.auth.domain.errors import EmailMalformed

MAX_EMAIL_LENGTH = 254

# Whoever runs this for a household may well use addresses in `.local` or `.test`.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def read_email(text: str) -> str:
    """Return the address in its normal form.

    Raises:
        EmailMalformed: It cannot be an address.
    """
    if len(text) > MAX_EMAIL_LENGTH:
        raise EmailMalformed
    try:
        found = email_validator.validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError:
        raise EmailMalformed from None
    return found.normalized


def email_key(email: str) -> str:
    """Return the key under which an address is unique: its case-folded form."""
    return email.casefold()
