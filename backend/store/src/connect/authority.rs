//! The files that a `postgres://` URL names for TLS, looked at before anybody connects: afterwards a file that cannot be read
//! is an error without a name, and an authority that nobody looks at is none.

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// What is wrong with them, without showing the rest of the URL.
pub(super) fn check(options: &PgConnectOptions) -> Result<(), String> {
    for (name, value) in options.to_url_lossy().query_pairs() {
        // What stands there in place of a path is the certificate itself.
        let Some(path) = value.strip_prefix("file: ") else { continue };
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("names {name}={path}, which cannot be read: {error}"))?;
        if name == "sslkey" {
            continue;
        }
        if !text.contains(CERTIFICATE) {
            return Err(format!("names {name}={path}, which holds no certificate in PEM"));
        }
        let is_looked_at = matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        if name == "sslrootcert" && !is_looked_at {
            return Err(format!(
                "names {name}={path}, which nobody looks at without sslmode=verify-full (or verify-ca, where the \
                 certificate is for another name)"
            ));
        }
    }
    Ok(())
}
