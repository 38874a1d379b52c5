"""`python -m tests.local.forked_program FILE [CODE]`: writes what it is, then ends or waits."""

import json
import os
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    about = {
        "arguments": sys.argv[1:],
        "environment": os.environ.get("GREETING"),
        "has_path": "PATH" in os.environ,
        "folder": os.getcwd(),
        "session": os.getsid(0),
        "shared": "colorsys" in sys.modules,
    }
    sys.stdout.write("hello\n")
    sys.stdout.flush()
    file = Path(sys.argv[1])
    file.with_suffix(".new").write_text(json.dumps(about))
    file.with_suffix(".new").replace(file)
    if len(sys.argv) > 2:
        sys.exit(int(sys.argv[2]))
    time.sleep(60)
