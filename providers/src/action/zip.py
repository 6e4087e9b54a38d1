# Prints the working directory as a zip archive in base64, without what can be built or installed again.
import base64, io, os, sys, zipfile

SKIPPED = {"node_modules", "__pycache__", ".git", "venv", ".venv", "dist", "build", ".next"}
MOST = 10 * 1024 * 1024

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(files):
            path = os.path.join(folder, name)
            # What a link points to may lie outside the workspace, and a pipe has no end.
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            archive.write(path, os.path.relpath(path, "."))
            if buffer.tell() > MOST:
                sys.exit("the archive is larger than 10 MiB; keep an artifact of the files that matter instead")
if buffer.tell() > MOST:
    sys.exit("the archive is larger than 10 MiB; keep an artifact of the files that matter instead")
sys.stdout.write(base64.b64encode(buffer.getvalue()).decode("ascii"))
