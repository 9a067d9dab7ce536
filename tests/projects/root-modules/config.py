import os
from datetime import timedelta

from dotenv import load_dotenv

load_dotenv()

BASE_URL = os.getenv("BASE_URL", "http://localhost:8000").rstrip("/")
CODE_LENGTH = int(os.getenv("CODE_LENGTH", "6"))
LINK_TTL = timedelta(hours=float(os.getenv("LINK_TTL_HOURS", "24")))
