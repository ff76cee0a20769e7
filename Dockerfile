# Konspekt in a container. On a CPU: docker build -t konspekt .
# On an NVIDIA GPU: docker build -t konspekt:cuda --build-arg ACCELERATOR=cuda .
ARG PYTHON=3.11.14-slim-bookworm

FROM docker.io/library/python:${PYTHON} AS packages
ARG ACCELERATOR=cpu
# Where pip finds torch's builds for the CPU; PyPI has the one for CUDA
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

# pyworld has no wheel and is compiled
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1

# torch, the largest, in a layer of its own: other pins change more often. An index or a proxy of one's own: --secret id=pip.conf
COPY requirements-${ACCELERATOR}.lock /tmp/
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    pip install --no-deps --require-hashes ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r /tmp/requirements-${ACCELERATOR}.lock
COPY requirements.lock /tmp/
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    pip install --no-deps --require-hashes -r /tmp/requirements.lock

# What is not needed to run: tests of packages, headers, static libraries, programs that test torch, names for
# debuggers, other designs of the pages, descriptions of Amazon's other services, a protocol of Hugging Face's for
# downloads (we fetch by HTTP), torch's hints for editors, the compiled code of hundreds of models and of what torch
# compiles, spreads and tests with (what is needed of it, Python reads without)
RUN cd /opt/venv/lib/python3.*/site-packages \
    && find . -type d \( -name test -o -name tests \) -prune -exec rm -r {} + \
    && find . -type f \( -name '*.a' -o -name '*.pyx' -o -name '*.pxd' \) -delete \
    && rm -r torch/include hf_xet hf_xet-*.dist-info \
    && find torch -name '*.pyi' -delete \
    && rm -r flask_bootstrap/static/bootstrap4 flask_bootstrap/static/bootstrap5/css/bootswatch \
    && find botocore/data -mindepth 1 -maxdepth 1 -type d -not -name s3 -not -name sts -not -name 'sso*' -exec rm -r {} + \
    && find transformers/models sympy networkx pip numba/cuda torch/_inductor torch/_dynamo torch/distributed torch/testing torch/onnx \
        -name __pycache__ -prune -exec rm -r {} + \
    && find torch/bin torch/lib -type f \( -name '*test*' -o -name '*Test*' -o -name 'protoc*' \) -delete \
    && find . -type f -name '*.so' -size +5M -not -path '*.libs/*' -exec strip --strip-unneeded {} +

FROM docker.io/library/python:${PYTHON}
LABEL org.opencontainers.image.title=Konspekt \
      org.opencontainers.image.description="Recorded meetings become their minutes, on your own machine" \
      org.opencontainers.image.licenses="MIT AND GPL-3.0-or-later"

# The voices that read aloud; fonts of PDFs in scripts that the program has none for, of CJK the ones with serifs
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libespeak-ng1 fonts-noto-core fonts-noto-cjk \
    && rm /usr/share/fonts/opentype/noto/NotoSansCJK* \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin konspekt \
    && install --directory --owner konspekt --group konspekt --mode 0700 /data /models

WORKDIR /opt/konspekt
COPY --from=packages /opt/venv /opt/venv
COPY LICENSE NOTICE.md run.py ./
COPY docs/lab/report.html docs/lab/experiment* docs/lab/
COPY models models
COPY static static
COPY templates templates
COPY app app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    KONSPEKT_HOST=0.0.0.0 \
    KONSPEKT_PORT=5000 \
    KONSPEKT_DATA_DIR=/data \
    KONSPEKT_UPLOADS_DIR=/data/uploads \
    KONSPEKT_RESULTS_DIR=/data/results \
    KONSPEKT_MODELS_DIR=/models
# A read-only root cannot keep what Python compiles at run time
RUN python -m compileall -q app

USER 10001:10001
VOLUME ["/data", "/models"]
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['KONSPEKT_PORT'] + '/health', timeout=4)"]
CMD ["python", "run.py"]
