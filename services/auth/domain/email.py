"""Email addresses: what can be one, and which are the same."""

import email_validator

from services.auth.domain.errors import EmailMalformed

LONGEST_EMAIL = 254

# Whoever runs this for a household may well use addresses in `.local` or `.test`.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def read_email(text: str) -> str:
    """Return the address in its normal form.

    Raises:
        EmailMalformed: It cannot be an address.
    """
    if len(text) > LONGEST_EMAIL:
        raise EmailMalformed
    try:
        found = email_validator.validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError:
        raise EmailMalformed from None
    return found.normalized


def email_key(email: str) -> str:
    """Return what two spellings of one address share: case does not tell people apart."""
    return email.casefold()
