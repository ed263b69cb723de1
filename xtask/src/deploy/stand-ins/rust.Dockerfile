# Stand-in for the official Rust image: a C compiler, and the toolchain of the machine that builds this.
FROM debian:trixie-slim
RUN apt-get -qq update \
    && apt-get -qq install -y --no-install-recommends ca-certificates gcc libc6-dev pkg-config make \
    && rm -rf /var/lib/apt/lists/*
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup PATH=/usr/local/cargo/bin:/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY . /opt/rust
RUN mkdir -p /usr/local/cargo/bin && rustc --version && cargo --version
