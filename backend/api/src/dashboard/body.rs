//! Dashboards and widgets as somebody wrote them: checked field by field, so that every fault is explained at once.

use super::options;
use crate::error::ApiError;
use crate::name::display_name;
use vigia_contract::http::FieldProblem;
use vigia_contract::http::dashboard::WidgetBody;
use vigia_model::dashboard::MAX_WIDGETS;
use vigia_model::sample::MAX_UNIT_CHARS;
use vigia_model::{DataType, IconUrl, Identifier, Layout, WidgetKind};
use vigia_store::dashboard::{Change, Draft, WidgetEdit};

/// Checks all that a new dashboard holds.
///
/// # Errors
/// [`ApiError::InvalidFields`] with one entry for each wrong field.
pub(super) fn draft(name: &str, icon_url: Option<&str>, widgets: Vec<WidgetBody>) -> Result<Draft, ApiError> {
    let mut problems = Problems::default();
    let name = problems.name(name);
    let icon_url = problems.icon_url(icon_url);
    let widgets = problems.widgets(widgets);
    problems.none_or(Draft { name, icon_url, widgets })
}

/// Checks what replaces a dashboard.
///
/// # Errors
/// [`ApiError::InvalidFields`] with one entry for each wrong field.
pub(super) fn update(
    name: &str,
    icon_url: Option<&str>,
    widgets: Option<Vec<WidgetBody>>,
) -> Result<Change, ApiError> {
    let mut problems = Problems::default();
    let name = problems.name(name);
    let icon_url = problems.icon_url(icon_url);
    let widgets = widgets.map(|widgets| problems.widgets(widgets));
    problems.none_or(Change::Update { name, icon_url, widgets })
}

/// Checks a widget that is written alone.
///
/// # Errors
/// [`ApiError::InvalidFields`] with one entry for each wrong field.
pub(super) fn widget(body: WidgetBody) -> Result<WidgetEdit, ApiError> {
    let mut problems = Problems::default();
    match problems.widget("", body) {
        Some(edit) => problems.none_or(edit),
        None => Err(ApiError::InvalidFields(problems.0)),
    }
}

/// What was found wrong so far.
#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldProblem { field: field.into(), detail: detail.into() });
    }

    fn none_or<T>(self, read: T) -> Result<T, ApiError> {
        if self.0.is_empty() { Ok(read) } else { Err(ApiError::InvalidFields(self.0)) }
    }

    fn name(&mut self, text: &str) -> String {
        let name = display_name(Some(text)).ok().flatten();
        if name.is_none() {
            self.add("name", "a name has 1 to 200 characters, in one line");
        }
        name.unwrap_or_default().to_owned()
    }

    fn icon_url(&mut self, text: Option<&str>) -> Option<IconUrl> {
        let url = IconUrl::new(text.filter(|text| !text.is_empty())?);
        url.inspect_err(|why| self.add("iconUrl", why.to_string())).ok()
    }

    fn widgets(&mut self, bodies: Vec<WidgetBody>) -> Vec<WidgetEdit> {
        if bodies.len() > MAX_WIDGETS {
            self.add("widgets", too_many());
            return Vec::new();
        }
        let numbered = bodies.into_iter().enumerate();
        numbered.filter_map(|(index, body)| self.widget(&format!("widgets[{index}]."), body)).collect()
    }

    /// `at` is what stands before the names of its fields.
    fn widget(&mut self, at: &str, body: WidgetBody) -> Option<WidgetEdit> {
        let kind = WidgetKind::parse(&body.kind);
        if kind.is_none() {
            let words = WidgetKind::ALL.map(WidgetKind::as_str).join(", ");
            self.add(format!("{at}type"), format!("{:?} is none of {words}", body.kind));
        }
        let key = self.identifier(&format!("{at}widgetKey"), body.widget_key.as_deref());
        let metric = self.identifier(&format!("{at}metricId"), body.metric_id.as_deref());
        if let (Some(kind), None) = (kind.filter(|kind| kind.needs_metric()), &body.metric_id) {
            self.add(format!("{at}metricId"), format!("a {} shows one metric: name it", kind.as_str()));
        }
        let label = display_name(body.label.as_deref()).unwrap_or_else(|_| {
            self.add(format!("{at}label"), "a label has up to 200 characters, in one line");
            None
        });
        let unit = body.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty());
        if unit
            .is_some_and(|unit| unit.chars().count() > MAX_UNIT_CHARS || unit.chars().any(char::is_control))
        {
            let detail = format!("a unit has up to {MAX_UNIT_CHARS} characters, in one line");
            self.add(format!("{at}unit"), detail);
        }
        let data_type = body.data_type.as_deref().and_then(|word| {
            let known = DataType::parse(word);
            if known.is_none() {
                let words = DataType::ALL.map(DataType::as_str).join(", ");
                self.add(format!("{at}dataType"), format!("{word:?} is none of {words}"));
            }
            known
        });
        let layout = body.layout.and_then(|it| {
            let layout = Layout::new(it.x, it.y, it.w, it.h);
            layout.inspect_err(|why| self.add(format!("{at}layout"), why.to_string())).ok()
        });
        let options = options::read(body.options);
        let options = options.inspect_err(|why| self.add(format!("{at}options"), why)).ok();
        Some(WidgetEdit {
            id: body.id,
            key,
            kind: kind?,
            label: label.unwrap_or_default().to_owned(),
            metric,
            unit: unit.map(str::to_owned),
            data_type,
            layout,
            options: options?,
        })
    }

    fn identifier(&mut self, field: &str, text: Option<&str>) -> Option<Identifier> {
        Identifier::new(text?).inspect_err(|why| self.add(field, why.to_string())).ok()
    }
}

/// What is said of too many widgets.
pub(super) fn too_many() -> String {
    format!("a dashboard has at most {MAX_WIDGETS} widgets")
}
