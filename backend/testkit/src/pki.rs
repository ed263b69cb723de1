//! Certificates for broker and clients, from a certification authority of our own.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use x509_parser::pem::parse_x509_pem;

use crate::error::{Error, Result};

/// A kept certificate with less than this left is made anew.
const LEAST_VALIDITY: Duration = Duration::from_hours(30 * 24);

/// The files a client needs to be known to the broker: what `AWS_IOT_CA_FILE`, `…_CERT_FILE` and
/// `…_KEY_FILE` name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The authority to trust.
    pub ca: PathBuf,
    /// The certificate; its common name is the user name at the broker.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A certification authority in a folder, and the certificates it issued there.
#[derive(Debug)]
pub struct Pki {
    dir: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// From the first of January to the first of January, in years.
type Years = std::ops::Range<i32>;

impl Pki {
    /// Opens the authority in this folder, or makes one if there is none or it is about to expire.
    pub fn open_or_create(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).map_err(Error::file("make", dir))?;
        let closed = fs::Permissions::from_mode(0o700);
        fs::set_permissions(dir, closed).map_err(Error::file("close", dir))?;
        let (cert, key_file) = (dir.join("ca.pem"), dir.join("ca.key"));
        if still_valid(&cert)
            && let Ok(pem) = fs::read_to_string(&key_file)
        {
            let key = KeyPair::from_pem(&pem).map_err(failed("read", "the authority"))?;
            return Ok(Self { dir: dir.to_owned(), issuer: Issuer::new(authority("Vigía test CA"), key) });
        }
        let (key, params) = (new_key("the authority")?, authority("Vigía test CA"));
        let own = params.self_signed(&key).map_err(failed("sign", "the authority"))?;
        write_private(&key_file, &key.serialize_pem())?;
        write_private(&cert, &own.pem())?;
        Ok(Self { dir: dir.to_owned(), issuer: Issuer::new(params, key) })
    }

    /// The folder that holds it all.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The certificate of the authority.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// The server identity of a broker on `localhost` and `127.0.0.1`.
    pub fn broker(&self) -> Result<Identity> {
        self.issue("broker", &["localhost", "127.0.0.1"], &self.issuer, valid_now())
    }

    /// The server identity of a broker that is reached by these names.
    pub fn server(&self, name: &str, hosts: &[&str]) -> Result<Identity> {
        self.issue(name, hosts, &self.issuer, valid_now())
    }

    /// Another certificate and key for a client with this common name, good for a year longer.
    pub fn renewed_client(&self, name: &str) -> Result<Identity> {
        let years = valid_now();
        self.sign(&format!("{name}-renewed"), name, &[], &self.issuer, years.start..years.end + 1)
    }

    /// The server identity of a web server under this host name.
    pub fn web(&self, name: &str) -> Result<Identity> {
        self.issue(name, &[name], &self.issuer, valid_now())
    }

    /// The identity of a client with this common name; the same files when asked again.
    pub fn client(&self, name: &str) -> Result<Identity> {
        self.issue(name, &[], &self.issuer, valid_now())
    }

    /// A client certificate of this authority that expired years ago.
    pub fn expired_client(&self, name: &str) -> Result<Identity> {
        self.sign(&format!("{name}-expired"), name, &[], &self.issuer, 2020..2021)
    }

    /// A client certificate that expires in so long.
    pub fn short_lived_client(&self, name: &str, life: Duration) -> Result<Identity> {
        let mut params = leaf_params(name, &[], 2020..2021)?;
        params.not_after = date_time_ymd(1970, 1, 1) + now() + life;
        self.write_signed(&format!("{name}-short-lived"), name, &params, &self.issuer)
    }

    /// The server identity of one that is reached by these names, which expires in so long.
    pub fn short_lived_server(&self, name: &str, hosts: &[&str], life: Duration) -> Result<Identity> {
        let mut params = leaf_params(name, hosts, 2020..2021)?;
        params.not_after = date_time_ymd(1970, 1, 1) + now() + life;
        self.write_signed(&format!("{name}-short-lived"), name, &params, &self.issuer)
    }

    /// A client certificate with the right name from an authority the broker does not know.
    pub fn foreign_client(&self, name: &str) -> Result<Identity> {
        let issuer = Issuer::new(authority("Somebody else's CA"), new_key("the foreign authority")?);
        self.sign(&format!("{name}-foreign"), name, &[], &issuer, valid_now())
    }

    /// A good certificate beside the key of another one.
    pub fn mismatched_client(&self, name: &str) -> Result<Identity> {
        let good = self.client(name)?;
        let key = self.dir.join(format!("{name}-mismatched.key"));
        write_private(&key, &new_key(name)?.serialize_pem())?;
        Ok(Identity { key, ..good })
    }

    fn issue(
        &self,
        name: &str,
        sans: &[&str],
        issuer: &Issuer<'_, KeyPair>,
        years: Years,
    ) -> Result<Identity> {
        let kept = self.files(name);
        if still_valid(&kept.cert) && kept.key.exists() && newer(&kept.cert, &kept.ca) {
            return Ok(kept);
        }
        self.sign(name, name, sans, issuer, years)
    }

    fn sign(
        &self,
        file: &str,
        common_name: &str,
        sans: &[&str],
        issuer: &Issuer<'_, KeyPair>,
        years: Years,
    ) -> Result<Identity> {
        self.write_signed(file, common_name, &leaf_params(common_name, sans, years)?, issuer)
    }

    fn write_signed(
        &self,
        file: &str,
        common_name: &str,
        params: &CertificateParams,
        issuer: &Issuer<'_, KeyPair>,
    ) -> Result<Identity> {
        let key = new_key(common_name)?;
        let cert = params.signed_by(&key, issuer).map_err(failed("sign", common_name))?;
        let files = self.files(file);
        write_private(&files.key, &key.serialize_pem())?;
        write_private(&files.cert, &cert.pem())?;
        Ok(files)
    }

    fn files(&self, name: &str) -> Identity {
        Identity {
            ca: self.ca(),
            cert: self.dir.join(format!("{name}.pem")),
            key: self.dir.join(format!("{name}.key")),
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let years = valid_now();
    params.not_before = date_time_ymd(years.start, 1, 1);
    params.not_after = date_time_ymd(years.end, 1, 1);
    params
}

/// A server's with names to be reached by, a client's without.
fn leaf_params(common_name: &str, sans: &[&str], years: Years) -> Result<CertificateParams> {
    let names: Vec<String> = sans.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(failed("make", common_name))?;
    params.distinguished_name = named(common_name);
    params.not_before = date_time_ymd(years.start, 1, 1);
    params.not_after = date_time_ymd(years.end, 1, 1);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![if sans.is_empty() {
        ExtendedKeyUsagePurpose::ClientAuth
    } else {
        ExtendedKeyUsagePurpose::ServerAuth
    }];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn new_key(name: &str) -> Result<KeyPair> {
    KeyPair::generate().map_err(failed("make a key for", name))
}

fn failed(action: &'static str, name: &str) -> impl FnOnce(rcgen::Error) -> Error {
    let name = name.to_owned();
    move |source| Error::Certificate { action, name, source }
}

/// From last New Year's Day for a little over two years; a day more or less at the turn of the year is no matter.
fn valid_now() -> Years {
    const SECONDS_A_YEAR: u64 = 31_556_952;
    let passed = now().as_secs() / SECONDS_A_YEAR;
    let year = 1970 + i32::try_from(passed).unwrap_or(0);
    year - 1..year + 3
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn still_valid(cert: &Path) -> bool {
    let Ok(bytes) = fs::read(cert) else { return false };
    let Ok((_, pem)) = parse_x509_pem(&bytes) else { return false };
    let Ok(cert) = pem.parse_x509() else { return false };
    let ends = u64::try_from(cert.validity().not_after.timestamp()).unwrap_or(0);
    now() + LEAST_VALIDITY < Duration::from_secs(ends)
}

/// Whether the certificate was written after its authority, and so belongs to it.
fn newer(cert: &Path, ca: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    modified(cert) >= modified(ca)
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, content: &str) -> Result<()> {
    let part = path.with_extension("part");
    fs::remove_file(&part).ok();
    let mut options = fs::OpenOptions::new();
    let written = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .and_then(|()| fs::rename(&part, path));
    written.map_err(Error::file("write", path))
}

#[cfg(test)]
mod tests;
