lock:
	uv pip compile --universal --python-version 3.11 --extra server --group dev --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
