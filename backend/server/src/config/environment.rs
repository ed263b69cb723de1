//! Reading variables: text, numbers, flags, lists and secrets, each with an error that says how to mend it.

use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A variable that stops the start. The text is one line: name, fault, example.
#[derive(Debug, thiserror::Error)]
#[error("{name} {problem} (for example {name}={example})")]
pub(crate) struct ConfigError {
    name: String,
    problem: String,
    example: String,
}

impl ConfigError {
    pub(super) fn missing(name: &str, also: &str, example: &str) -> Self {
        let problem = format!("is not set, {also}");
        Self { name: name.to_owned(), problem, example: example.to_owned() }
    }
}

impl ConfigError {
    /// An error about a secret, whose value is not shown.
    pub(super) fn secret(name: &str, problem: &str, example: &str) -> Self {
        Self { name: name.to_owned(), problem: problem.to_owned(), example: example.to_owned() }
    }
}

/// The variables of a process.
#[derive(Debug)]
pub(super) struct Environment(HashMap<String, String>);

/// One variable and its text. An empty one counts as not set.
#[derive(Debug)]
pub(super) struct Variable<'a> {
    name: &'a str,
    pub(super) text: &'a str,
}

impl Variable<'_> {
    /// An error about this variable; the value is shown, so never for secrets.
    pub(super) fn wrong(&self, problem: &str, example: &str) -> ConfigError {
        ConfigError {
            name: self.name.to_owned(),
            problem: format!("is {:?}, which {problem}", self.text),
            example: example.to_owned(),
        }
    }
}

impl Environment {
    pub(super) fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    pub(super) fn get<'a>(&'a self, name: &'a str) -> Option<Variable<'a>> {
        let text = self.0.get(name)?.trim();
        (!text.is_empty()).then_some(Variable { name, text })
    }

    pub(super) fn or<'a>(&'a self, name: &'a str, default: &'a str) -> Variable<'a> {
        self.get(name).unwrap_or(Variable { name, text: default })
    }

    pub(super) fn required<'a>(&'a self, name: &'a str, example: &str) -> Result<Variable<'a>, ConfigError> {
        self.get(name).ok_or_else(|| ConfigError {
            name: name.to_owned(),
            problem: "is not set".to_owned(),
            example: example.to_owned(),
        })
    }

    /// A number within `range`.
    pub(super) fn number<T>(&self, name: &str, default: T, range: RangeInclusive<T>) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(variable) = self.get(name) else { return Ok(default) };
        match variable.text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => {
                let problem = format!("is not a number from {} to {}", range.start(), range.end());
                Err(variable.wrong(&problem, &default.to_string()))
            }
        }
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, ConfigError> {
        match self.get(name) {
            None => Ok(default),
            Some(variable) => match variable.text {
                "true" | "1" | "yes" => Ok(true),
                "false" | "0" | "no" => Ok(false),
                _ => Err(variable.wrong("is neither true nor false", "true")),
            },
        }
    }

    /// Comma-separated, without empty parts.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.or(name, "").text;
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A secret from `NAME`, or from the file that `NAME_FILE` names; never shown in an error.
    pub(super) fn secret(&self, name: &str) -> Result<Option<SecretString>, ConfigError> {
        if let Some(variable) = self.get(name) {
            return Ok(Some(variable.text.into()));
        }
        let file_name = format!("{name}_FILE");
        let Some(file) = self.get(&file_name) else { return Ok(None) };
        let example = "secrets/db_password.txt";
        let text = std::fs::read_to_string(file.text)
            .map_err(|error| file.wrong(&format!("cannot be read: {error}"), example))?;
        let text = text.trim();
        if text.is_empty() {
            return Err(file.wrong("is an empty file", example));
        }
        Ok(Some(text.into()))
    }
}
