"""Parts that several training programs' readers use."""
