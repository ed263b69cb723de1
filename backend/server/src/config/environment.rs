//! Reading variables: text, numbers, flags, lists and secrets. What is wrong is noted, with how to mend it, and reading goes
//! on with the default: whoever mends an environment wants to hear of everything at once.

use secrecy::SecretString;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

/// A variable that stops the start. The text is one line: name, fault, example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem} (for example {name}={example})")]
pub(crate) struct ConfigError {
    pub(crate) name: String,
    pub(crate) problem: String,
    pub(crate) example: String,
}

impl ConfigError {
    pub(super) fn missing(name: &str, also: &str, example: &str) -> Self {
        let problem = format!("is not set, {also}");
        Self { name: name.to_owned(), problem, example: example.to_owned() }
    }

    /// An error about a secret, whose value is not shown.
    pub(super) fn secret(name: &str, problem: &str, example: &str) -> Self {
        Self { name: name.to_owned(), problem: problem.to_owned(), example: example.to_owned() }
    }
}

/// Everything that stops the start, a line each.
#[derive(Debug)]
pub(crate) struct ConfigErrors(pub(crate) Vec<ConfigError>);

impl std::error::Error for ConfigErrors {}

impl Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let end_of_last = if index == 0 { "" } else { "\n" };
            write!(f, "{end_of_last}{error}")?;
        }
        Ok(())
    }
}

/// The variables of a process, and what was found out about them.
#[derive(Debug, Default)]
pub(super) struct Environment {
    variables: HashMap<String, String>,
    faults: RefCell<Vec<ConfigError>>,
    /// Names that somebody asked for: those there are.
    asked: RefCell<BTreeSet<String>>,
    /// Secrets that came from a file: the variable, and the file.
    secret_files: RefCell<Vec<(String, PathBuf)>>,
}

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
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables, ..Self::default() }
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { variables, ..Self::default() }
    }

    /// Notes a fault; it stops the start, and reading goes on.
    pub(super) fn note(&self, fault: ConfigError) {
        self.faults.borrow_mut().push(fault);
    }

    /// Notes what is wrong with this variable, with its value: never for secrets.
    pub(super) fn fault(&self, name: &str, problem: &str, example: &str) {
        self.note(self.or(name, "").wrong(problem, example));
    }

    /// What was wrong.
    pub(super) fn faults(&self) -> Vec<ConfigError> {
        self.faults.borrow().clone()
    }

    /// Secrets that were to come from a file.
    pub(super) fn secret_files(&self) -> Vec<(String, PathBuf)> {
        self.secret_files.borrow().clone()
    }

    /// Variables that nobody asked for and that look like one somebody did: the name, and the one it looks like.
    pub(super) fn misspelt(&self) -> Vec<(String, String)> {
        let asked = self.asked.borrow();
        let mut found: Vec<(String, String)> = self
            .variables
            .keys()
            .filter(|name| !asked.contains(*name))
            .filter_map(|name| {
                let meant =
                    asked.iter().find(|known| !self.variables.contains_key(*known) && alike(name, known));
                Some((name.clone(), meant?.clone()))
            })
            .collect();
        found.sort();
        found
    }

    pub(super) fn get<'a>(&'a self, name: &'a str) -> Option<Variable<'a>> {
        self.asked.borrow_mut().insert(name.to_owned());
        let text = self.variables.get(name)?.trim();
        (!text.is_empty()).then_some(Variable { name, text })
    }

    pub(super) fn or<'a>(&'a self, name: &'a str, default: &'a str) -> Variable<'a> {
        self.get(name).unwrap_or(Variable { name, text: default })
    }

    /// A variable without which there is no start; nothing if it is not there.
    pub(super) fn required<'a>(&'a self, name: &'a str, example: &str) -> Option<Variable<'a>> {
        let variable = self.get(name);
        if variable.is_none() {
            let problem = "is not set".to_owned();
            self.note(ConfigError { name: name.to_owned(), problem, example: example.to_owned() });
        }
        variable
    }

    /// A number within `range`.
    pub(super) fn number<T>(&self, name: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(variable) = self.get(name) else { return default };
        match variable.text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let problem = format!("is not a number from {} to {}", range.start(), range.end());
                self.note(variable.wrong(&problem, &default.to_string()));
                default
            }
        }
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        let Some(variable) = self.get(name) else { return default };
        match variable.text {
            "true" | "1" | "yes" => true,
            "false" | "0" | "no" => false,
            _ => {
                self.note(variable.wrong("is neither true nor false", "true"));
                default
            }
        }
    }

    /// Comma-separated, without empty parts.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.or(name, "").text;
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A secret from `NAME`, or from the file that `NAME_FILE` names; never shown in an error.
    ///
    /// # Errors
    /// When the file cannot be read, or holds nothing.
    pub(super) fn secret(&self, name: &str) -> Result<Option<SecretString>, ConfigError> {
        let file_name = format!("{name}_FILE");
        let file = self.get(&file_name);
        if let Some(variable) = self.get(name) {
            return Ok(Some(variable.text.into()));
        }
        let Some(file) = file else { return Ok(None) };
        self.secret_files.borrow_mut().push((file_name.clone(), PathBuf::from(file.text)));
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

/// Whether one name is the other with a letter or two wrong. Short ones are alike by chance.
fn alike(name: &str, known: &str) -> bool {
    const SHORT: usize = 8;
    if name.len() < SHORT || known.len() < SHORT || name.len().abs_diff(known.len()) > 2 {
        return false;
    }
    distance(name, known) <= 2
}

/// How many letters must be put, taken or changed to come from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in (1..).zip(from.chars()) {
        let mut next = vec![above];
        let cells = to.iter().zip(row.iter().zip(row.iter().skip(1)));
        for (other, (diagonal, over)) in cells {
            let left = next.last().copied().unwrap_or(above);
            let changed = diagonal + usize::from(*other != letter);
            next.push(changed.min(over + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
