//! Why there is no connection to the database, and what to do about each reason.

use super::GROUP;
use crate::doctor::finding::Finding;
use vigia_store::DatabaseSettings;
use vigia_store::checkup::Refusal;

pub(super) fn explained(refusal: &Refusal, settings: &DatabaseSettings) -> Finding {
    let place = settings.place();
    let finding = |id, what: String| {
        Finding::failure(GROUP, id, what)
            .why("Without the database messages wait in the spool, pages show nothing, and nobody logs in.")
    };
    match refusal {
        Refusal::NobodyListens(said) => {
            finding("database-not-listening", format!("nobody listens at {place}: {said}"))
                .mend("systemctl status postgresql; check DB_HOST and DB_PORT")
                .compose(
                    "deploy/compose ps db; deploy/compose logs --tail 50 db; DB_HOST is db, or \
                /var/run/postgresql",
                )
        }
        Refusal::UnknownHost(said) => {
            finding("database-unknown-host", format!("the name in {place} leads nowhere: {said}"))
                .mend("getent hosts <DB_HOST>; check DB_HOST")
                .compose("DB_HOST=db, and the service api must be in the network data")
        }
        Refusal::Silent(within) => {
            finding("database-silent", format!("{place} does not answer within {} s", within.as_secs()))
                .mend(
                    "a firewall on the way, or another machine's address: nc -vz <DB_HOST> \
                <DB_PORT>; check listen_addresses in postgresql.conf",
                )
                .compose("deploy/compose ps db; deploy/compose restart db")
        }
        Refusal::Password(said) => finding(
            "database-password-wrong",
            format!("{place} does not take this user and password: {said}"),
        )
        .mend("sudo -u postgres psql -c \"\\password <DB_USER>\", and the same into DB_PASSWORD_FILE")
        .compose(
            "deploy/compose exec -u postgres db psql -c \"\\password iot_user\", and the \
                same into secrets/db_password.txt; the password of the volume db-data is the \
                one it was made with",
        ),
        Refusal::NoRule(said) => {
            finding("database-no-rule", format!("{place} lets this user in from nowhere near: {said}")).mend(
                "add a line to pg_hba.conf: host <DB_NAME> <DB_USER> <address>/32 \
                scram-sha-256, then sudo systemctl reload postgresql",
            )
        }
        Refusal::UnknownDatabase(said) => finding("database-unknown", format!("{place}: {said}"))
            .mend("sudo -u postgres createdb -O <DB_USER> <DB_NAME>; check DB_NAME")
            .compose("deploy/compose exec -u postgres db createdb -O iot_user iot_telemetry; check DB_NAME"),
        Refusal::NotReady(said) => finding("database-not-ready", format!("{place}: {said}"))
            .mend("wait: after a crash it reads its log again; journalctl -u postgresql says how far it is")
            .compose("deploy/compose logs --tail 20 db"),
        Refusal::Full(said) => finding("database-full-of-connections", format!("{place}: {said}")).mend(
            "psql -c \"select usename, application_name, count(*) from pg_stat_activity \
                group by 1, 2\"; end what is not needed, or raise max_connections",
        ),
        Refusal::Tls(said) => tls(said, finding("database-tls-failed", format!("{place}: {said}"))),
        Refusal::Other(said) => finding("database-refused", format!("{place}: {said}"))
            .mend("look into the log of PostgreSQL")
            .compose("deploy/compose logs --tail 50 db"),
    }
}

/// What to do about each way in which TLS fails.
fn tls(said: &str, finding: Finding) -> Finding {
    let mend = if ["UnknownIssuer", "BadSignature"].iter().any(|word| said.contains(word)) {
        "its certificate is of an authority that is not known here: put that authority's certificate into secrets/ and \
         name it in DATABASE_URL, sslmode=verify-full&sslrootcert=/run/vigia/secrets/database_ca.pem; \
         docs/operations/move.md"
    } else if said.contains("NotValidForName") || said.contains("not valid for name") {
        "its certificate is for another name: connect by the name that is in it, or, where the provider has it so, \
         sslmode=verify-ca; docs/operations/move.md"
    } else if said.contains("does not support TLS") {
        "turn TLS on at the server (ssl = on in postgresql.conf), or, in a network that is yours alone, sslmode=prefer"
    } else {
        "sslmode and sslrootcert in DATABASE_URL must fit the server's certificate; docs/operations/move.md"
    };
    finding.mend(mend)
}
