use super::*;
use secrecy::ExposeSecret;
use vigia_api::WsLimits;
use vigia_contract::topic::TELEMETRY_FILTER;
use vigia_model::{Days, Mode, Retention};

const GOOD: [(&str, &str); 3] = [
    ("DATABASE_URL", "postgres://u:hush@h/d"),
    ("AWS_IOT_ENDPOINT", "localhost"),
    ("AWS_IOT_CLIENT_ID", "vigia"),
];

pub(crate) fn draft(edit: &[(&str, &str)]) -> Draft {
    Draft::read(&Environment::of(&[&GOOD, edit].concat()))
}

fn read(edit: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    draft(edit).finish()
}

/// What these variables come to, for tests of others.
pub(crate) fn settings(edit: &[(&str, &str)]) -> IngestSettings {
    draft(edit).ingest
}

#[test]
fn defaults_are_the_contracts() {
    let config = read(&[]).unwrap();
    assert_eq!((config.http.host.to_string().as_str(), config.http.port), ("127.0.0.1", 3_002));
    assert_eq!(config.ingest.port, 8_883);
    assert_eq!(config.ingest.filters, [TELEMETRY_FILTER]);
    assert_eq!(config.ingest.default_mode, Mode::None);
    assert_eq!(config.ingest.tls.ca, PathBuf::from("secrets/AmazonRootCA1.pem"));
    assert_eq!(config.ingest.max_sample_age, DAY * 1_825);
    assert_eq!(
        (config.offline_after, config.http.ws_heartbeat),
        (Duration::from_secs(90), Duration::from_secs(30))
    );
    assert_eq!(config.http.ws_limits, WsLimits::default());
}

#[test]
fn each_fault_is_one_line_with_the_variable_and_an_example() {
    let check = |edit: &[(&str, &str)], expected: &str| {
        let error = read(edit).unwrap_err().to_string();
        assert!(
            error.contains(expected) && error.contains("for example") && !error.contains('\n'),
            "{error}"
        );
    };
    assert!(!read(&[("DATABASE_URL", "mysql://u:hush@h/d")]).unwrap_err().to_string().contains("hush"));
    check(&[("PORT", "http")], "PORT is \"http\", which is not a number from 1 to 65535");
    check(&[("WS_MAX_PER_USER", "0")], "WS_MAX_PER_USER is \"0\"");
    check(&[("PORT", "70000")], "PORT is \"70000\"");
    check(&[("AWS_IOT_ENDPOINT", "")], "AWS_IOT_ENDPOINT is not set");
    check(&[("DATABASE_URL", "")], "DATABASE_URL is not set, and DB_HOST too");
    check(&[("DATABASE_URL", ""), ("DB_HOST", "db")], "DB_PASSWORD is not set");
    check(&[("DATABASE_URL", ""), ("DB_HOST", "db"), ("DB_PASSWORD_FILE", "/nowhere")], "DB_PASSWORD_FILE");
    check(&[("DATABASE_URL", "mysql://u:hush@h/d")], "DATABASE_URL is not a postgres:// URL");
    check(&[("DATABASE_URL", "postgres://u:hush@h:port/d")], "DATABASE_URL cannot be read");
    check(&[("MQTT_TOPICS_TELEMETRY", "a/#/b")], "MQTT_TOPICS_TELEMETRY");
    check(&[("MQTT_TOPICS_TELEMETRY", "$share/g/a")], "MQTT_TOPICS_TELEMETRY");
    check(&[("AWS_IOT_ENDPOINT", "https://x")], "AWS_IOT_ENDPOINT");
    check(&[("LOG_LEVEL", "verbose")], "LOG_LEVEL");
    check(&[("CORS_ORIGIN", "foo")], "CORS_ORIGIN");
    check(&[("PERSIST_DEFAULT_MODE", "all")], "PERSIST_DEFAULT_MODE");
    check(&[("AUTO_PROVISION", "maybe")], "AUTO_PROVISION");
    check(&[("LOG_FORMAT", "xml")], "LOG_FORMAT");
    check(&[("STATIC_DIR", "/nowhere")], "STATIC_DIR");
    check(&[("HOST", "example.com")], "HOST is \"example.com\", which is not an IP address");
    check(&[("ADMIN_EMAILS", "ana@example.com, luis")], "ADMIN_EMAILS");
    check(&[("TRUSTED_PROXIES", "127.0.0.1,nginx")], "TRUSTED_PROXIES");
    check(&[("AWS_IOT_SHARE_GROUP", "a/b")], "AWS_IOT_SHARE_GROUP");
}

#[test]
fn every_fault_is_told_at_once_and_the_rest_is_read() {
    let edit = [
        ("PORT", "http"),
        ("AWS_IOT_ENDPOINT", ""),
        ("DATABASE_URL", ""),
        ("ADMIN_EMAILS", "ana@example.com,luis"),
    ];
    let all = read(&edit).unwrap_err().to_string();
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 4, "{all}");
    for name in ["DATABASE_URL is not set", "PORT is", "AWS_IOT_ENDPOINT is not set", "ADMIN_EMAILS is"] {
        assert!(lines.iter().any(|line| line.starts_with(name)), "{name} in {all}");
    }
    let draft = draft(&edit);
    assert!(draft.database.is_none() && draft.ingest.host.is_empty());
    assert_eq!(
        (draft.http.port, draft.http.admins.len(), draft.ingest.client_id.as_str()),
        (3_002, 1, "vigia")
    );
}

#[test]
fn a_name_that_is_nearly_right_is_noticed() {
    let misspelt = |edit: &[(&str, &str)]| draft(edit).misspelt;
    let pair = |wrong: &str, right: &str| vec![(wrong.to_owned(), right.to_owned())];
    assert_eq!(misspelt(&[("RAW_RETENTION_DAY", "3")]), pair("RAW_RETENTION_DAY", "RAW_RETENTION_DAYS"));
    assert_eq!(misspelt(&[("DB_PASWORD_FILE", "x")]), []);
    assert_eq!(
        misspelt(&[("DATABASE_URL", ""), ("DB_HOST", "db"), ("DB_PASWORD_FILE", "x")]),
        pair("DB_PASWORD_FILE", "DB_PASSWORD_FILE")
    );
    // Not one that is set as well, nor what only looks a little like one.
    assert_eq!(
        misspelt(&[("AWS_IOT_ENDPOINTS", "x"), ("HOSTNAME", "x"), ("PATH", "x"), ("AWS_REGION", "x")]),
        []
    );
}

#[test]
fn admins_and_proxies_are_read_as_people_write_them() {
    let config =
        read(&[("ADMIN_EMAILS", " Ana@Example.com,luis@example.com"), ("TRUSTED_PROXIES", "10.0.0.0/8,::1")]);
    let http = config.unwrap().http;
    assert!(http.admins.iter().any(|admin| admin.as_str() == "ana@example.com") && http.admins.len() == 2);
    assert_eq!(http.address(), "http://127.0.0.1:3002");
    let behind = read(&[("HOST", "::1"), ("PUBLIC_URL", "https://telemetry.example.com/")]).unwrap().http;
    assert_eq!(behind.address(), "https://telemetry.example.com");
}

#[test]
fn secrets_come_from_files_too_and_never_print() {
    let file = std::env::temp_dir().join(format!("vigia-secret-{}", std::process::id()));
    std::fs::write(&file, "hush\n").unwrap();
    let config =
        read(&[("DATABASE_URL", ""), ("DB_HOST", "db"), ("DB_PASSWORD_FILE", file.to_str().unwrap())])
            .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    let DatabaseSettings::Parts { password: Some(password), .. } = config.database else { panic!("parts") };
    assert_eq!(password.expose_secret(), "hush");
    assert!(!format!("{:?}", read(&[]).unwrap()).contains("hush"));
}

#[test]
fn history_is_kept_for_days_and_within_bytes() {
    let ingest = |variables: &[_]| read(variables).map(|config| config.ingest);
    let nothing = ingest(&[]).unwrap();
    assert_eq!((nothing.retention, nothing.storage_max_bytes), (Retention::default(), None));
    let all =
        [("RAW_RETENTION_DAYS", "30"), ("HOURLY_RETENTION_DAYS", "3650"), ("STORAGE_MAX_BYTES", "104857600")];
    let all = ingest(&all).unwrap();
    assert_eq!((all.retention.raw, all.retention.hourly), (Days::new(30), Days::new(3_650)));
    assert_eq!(all.storage_max_bytes, Some(104_857_600));
    for (name, text) in
        [("RAW_RETENTION_DAYS", "36501"), ("HOURLY_RETENTION_DAYS", "-1"), ("STORAGE_MAX_BYTES", "104857599")]
    {
        let error = ingest(&[(name, text)]).unwrap_err().to_string();
        assert!(error.starts_with(name) && error.contains(text), "{error}");
    }
}

#[test]
fn what_is_said_to_those_who_back_up_stops_nothing_here() {
    let backup = |edit: &[(&str, &str)]| {
        let config = read(edit).unwrap();
        (config.backup.is_on, config.backup.kept)
    };
    assert_eq!(backup(&[]), (true, 4));
    assert_eq!(backup(&[("BACKUP", "off"), ("BACKUP_KEEP_FULL", "2")]), (false, 2));
    assert_eq!(backup(&[("BACKUP", "of"), ("BACKUP_KEEP_FULL", "0")]), (true, 4));
}
