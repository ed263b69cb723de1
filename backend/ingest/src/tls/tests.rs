use super::*;
use rcgen::{CertificateParams, KeyPair};
use std::fs;

/// A folder with a good set of files, of which each test spoils one.
struct Material {
    folder: tempfile::TempDir,
}

impl Material {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let material = Self { folder };
        let (certificate, key) = self_signed(|_| ());
        material.write("client.pem", &certificate);
        material.write("client.key", &key);
        material.write("ca.pem", &self_signed(|_| ()).0);
        material
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn load(&self, port: u16) -> Result<Arc<ClientConfig>, TlsFileError> {
        let at = |name: &str| self.folder.path().join(name);
        let files = TlsFiles { certificate: at("client.pem"), key: at("client.key"), ca: at("ca.pem") };
        client_config(&files, port, Timestamp::from_millis(1_760_000_000_000)) // 2025-10-09
    }

    fn fault(&self) -> String {
        let error = self.load(8883).unwrap_err().to_string();
        assert!(!error.contains('\n'), "one line: {error}");
        error
    }
}

fn self_signed(edit: impl FnOnce(&mut CertificateParams)) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["client".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    edit(&mut params);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[test]
fn good_files_are_taken_and_port_443_speaks_alpn() {
    let material = Material::new();
    assert!(material.load(8883).unwrap().alpn_protocols.is_empty());
    assert_eq!(material.load(443).unwrap().alpn_protocols, [b"x-amzn-mqtt-ca".to_vec()]);
}

#[test]
fn each_fault_is_named_with_its_file() {
    let check = |spoil: &dyn Fn(&Material), file: &str, fault: &str| {
        let material = Material::new();
        spoil(&material);
        let error = material.fault();
        assert!(error.contains(file) && error.contains(fault), "{error}");
    };
    check(&|m| fs::remove_file(m.folder.path().join("client.pem")).unwrap(), "client.pem", "cannot be read");
    check(&|m| m.write("client.pem", "hello"), "client.pem", "is not PEM");
    check(&|m| m.write("client.key", ""), "client.key", "is not PEM");
    check(
        &|m| m.write("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        "ca.pem",
        "no usable certificate",
    );
    check(&|m| m.write("client.key", &self_signed(|_| ()).1), "client.key", "does not match the certificate");
    check(
        &|m| m.write("client.pem", &self_signed(|p| p.not_after = rcgen::date_time_ymd(2025, 1, 1)).0),
        "client.pem",
        "expired on",
    );
    check(
        &|m| m.write("ca.pem", &self_signed(|p| p.not_before = rcgen::date_time_ymd(2030, 1, 1)).0),
        "ca.pem",
        "not valid before",
    );
}
