//! The first accounts: by the command line, or by a link in the log.

use crate::config::Config;
use crate::database::{connect, migrate_when_there};
use anyhow::Context;
use std::io::Read;
use std::time::Duration;
use vigia_api::{ApiSettings, Token, TokenKind, check_password, hash_password};
use vigia_model::{Clock, Email};
use vigia_store::Store;
use vigia_store::audit::{Actor, ActorKind};
use vigia_store::user::PasswordLink;

/// How long a link works that somebody may find in a log.
const LINK_LASTS: Duration = Duration::from_hours(24);

/// Makes an account that may do everything, and prints a link by which its owner chooses a password; or takes the
/// password from standard input.
///
/// # Errors
/// When the address is none, is not among `ADMIN_EMAILS`, the password is weak, or the database is not there.
pub(crate) async fn create_admin(
    config: &Config,
    email: &str,
    password_stdin: bool,
) -> anyhow::Result<String> {
    let email = Email::new(email).with_context(|| format!("{email:?}"))?;
    if !config.http.admins.contains(&email) {
        anyhow::bail!(
            "{email} is not among ADMIN_EMAILS, so the account would be nobody's (for example ADMIN_EMAILS={email})"
        );
    }
    let password = if password_stdin {
        let mut password = String::new();
        std::io::stdin().read_to_string(&mut password).context("cannot read the password")?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        check_password(&password, &email)?;
        Some(password)
    } else {
        None
    };
    let store = connect(&config.database).await?;
    migrate_when_there(&store).await?;
    let clock = Clock::System;
    let actor = Actor { name: "create-admin".to_owned(), kind: ActorKind::CommandLine, address: None };
    let (token, link) = link(&clock);
    store.invite(&email, link, &actor).await?;
    let said = if let Some(password) = password {
        let hash =
            hash_password(&password).map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))?;
        let redeemed = store.redeem_link(&token.hash(), &hash, &actor, clock.now()).await?;
        redeemed.context("the account was changed meanwhile; try again")?;
        format!("{email} can log in")
    } else {
        format!(
            "{email} chooses a password here, within 24 hours:\n{}",
            address(&config.http.address(), &token)
        )
    };
    store.close().await;
    Ok(said)
}

/// While nobody can log in, writes a link for each internal admin into the log.
pub(crate) async fn first_links(store: &Store, settings: &ApiSettings, clock: &Clock) {
    match store.anybody_can_log_in().await {
        Ok(true) => return,
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(cause = %error.database_message(), "cannot look for accounts now");
            return;
        }
    }
    if settings.admins.is_empty() {
        tracing::warn!(
            "nobody can log in yet: set ADMIN_EMAILS and start again, or run `vigia create-admin`"
        );
    }
    let actor = Actor { name: "first start".to_owned(), kind: ActorKind::CommandLine, address: None };
    for email in &settings.admins {
        let (token, link) = link(clock);
        match store.invite(email, link, &actor).await {
            Ok(_user) => tracing::warn!(
                %email, link = address(&settings.public_url, &token),
                "nobody can log in yet: with this link, within 24 hours, the admin chooses a password"
            ),
            Err(error) => {
                tracing::warn!(cause = %error.database_message(), "cannot make the first account now");
            }
        }
    }
}

fn link(clock: &Clock) -> (Token, PasswordLink) {
    let token = Token::random(TokenKind::PasswordLink);
    let link = PasswordLink {
        token_hash: token.hash(),
        first_only: false,
        vouched: true,
        made_by: None,
        expires_at: clock.now().plus(LINK_LASTS),
    };
    (token, link)
}

fn address(public_url: &str, token: &Token) -> String {
    format!("{public_url}/set-password#{}", token.secret())
}
