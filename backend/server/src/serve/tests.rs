//! Whom the API lets in, by the address people write.

use super::*;
use crate::config::tests::draft;

#[test]
fn host_and_origin_of_the_address_are_let_in_as_a_browser_names_them() {
    for (url, host, origin) in [
        ("https://telemetry.example.com/", "telemetry.example.com", "https://telemetry.example.com"),
        ("https://Telemetry.example.com:443/iot/", "Telemetry.example.com", "https://Telemetry.example.com"),
        ("http://10.0.0.7:8080", "10.0.0.7", "http://10.0.0.7:8080"),
        ("https://[2001:db8::1]", "2001:db8::1", "https://[2001:db8::1]"),
        ("https://[2001:db8::1]:8443/", "2001:db8::1", "https://[2001:db8::1]:8443"),
    ] {
        let scada = "https://scada.example.com";
        let http = draft(&[("PUBLIC_URL", url), ("CORS_ORIGIN", scada)]).http;
        let settings = api_settings(http, Mode::None);
        assert_eq!(settings.allowed_hosts, [host], "{url}");
        assert_eq!(settings.allowed_origins, [origin, scada], "{url}");
        assert_eq!(settings.public_url, url.trim_end_matches('/'), "{url}");
        assert_eq!(settings.secure_cookies, url.starts_with("https://"), "{url}");
    }
    let settings = api_settings(draft(&[]).http, Mode::None);
    assert!(settings.allowed_hosts.is_empty() && settings.allowed_origins.is_empty());
}
