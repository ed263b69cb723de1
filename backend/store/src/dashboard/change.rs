//! What may be done to a dashboard: plain functions from one content to the next.

use super::content::{Content, Widget, WidgetEdit};
use std::collections::HashSet;
use uuid::Uuid;
use vigia_model::dashboard::MAX_WIDGETS;
use vigia_model::{IconUrl, Identifier, Layout};

/// A change somebody wants.
#[derive(Debug, Clone)]
pub enum Change {
    Create(Draft),
    /// Another name and icon and, when given, all widgets in their order: those with an id stay the same ones.
    Update {
        name: String,
        icon_url: Option<IconUrl>,
        widgets: Option<Vec<WidgetEdit>>,
    },
    AddWidget(WidgetEdit),
    UpdateWidget(Uuid, WidgetEdit),
    RemoveWidget(Uuid),
    Reorder(Vec<Uuid>),
    /// All of a document; every widget is a new one.
    Import(Draft),
    /// The content of another PLC's dashboard.
    Duplicate(Content),
}

/// Everything of a dashboard that is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub icon_url: Option<IconUrl>,
    pub widgets: Vec<WidgetEdit>,
}

/// Why a change cannot be made to the dashboard as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    NoSuchWidget,
    NoSuchVersion,
    /// By their places in the list, from 0.
    Widgets(Vec<(usize, WidgetFault)>),
    /// The order is none of exactly the present widgets.
    Order {
        missing: Vec<Uuid>,
        unknown: Vec<Uuid>,
        repeated: Vec<Uuid>,
    },
    TooManyWidgets,
    /// The bytes it would have.
    TooLarge(usize),
}

/// What is wrong with a widget among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WidgetFault {
    /// It names a widget this dashboard does not have.
    UnknownId(Uuid),
    /// It names a widget that one before it names.
    RepeatedId(Uuid),
    /// One before it has this key.
    KeyTaken(Identifier),
    /// The grid ends above the place below all others.
    NoRoom,
}

/// What is remembered of a change beside its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) change: &'static str,
    /// The key of the widget, or the version, that is meant.
    pub(super) subject: Option<String>,
}

impl Change {
    /// The content after the change.
    pub(super) fn apply(self, present: &Content) -> Result<(Note, Content), Refusal> {
        let whole = |change| Note { change, subject: None };
        let with = |widgets| Content { widgets, ..present.clone() };
        match self {
            Self::Create(draft) => Ok((whole("create"), draft.into_content()?)),
            Self::Import(draft) => Ok((whole("import"), draft.into_content()?)),
            Self::Update { name, icon_url, widgets } => {
                let widgets = match widgets {
                    Some(edits) => arrange(edits, &present.widgets)?,
                    None => present.widgets.clone(),
                };
                Ok((whole("update"), Content { name, icon_url, widgets }))
            }
            Self::AddWidget(edit) => {
                let mut edits = kept(present);
                edits.push(edit);
                let widgets = arrange(edits, &present.widgets)?;
                Ok((about("add_widget", widgets.last()), with(widgets)))
            }
            Self::UpdateWidget(id, edit) => {
                let place = present.place(id)?;
                let mut edits = kept(present);
                if let Some(slot) = edits.get_mut(place) {
                    *slot = WidgetEdit { id: Some(id), ..edit };
                }
                let widgets = arrange(edits, &present.widgets)?;
                Ok((about("update_widget", widgets.get(place)), with(widgets)))
            }
            Self::RemoveWidget(id) => {
                let mut widgets = present.widgets.clone();
                let gone = widgets.remove(present.place(id)?);
                Ok((about("remove_widget", Some(&gone)), with(widgets)))
            }
            Self::Reorder(order) => Ok((whole("reorder"), with(reorder(&order, &present.widgets)?))),
            Self::Duplicate(content) => {
                let fresh = |widget: Widget| Widget { id: Uuid::new_v4(), ..widget };
                let widgets = content.widgets.into_iter().map(fresh).collect();
                Ok((whole("duplicate"), Content { widgets, ..content }))
            }
        }
    }
}

impl Draft {
    fn into_content(self) -> Result<Content, Refusal> {
        let widgets = arrange(self.widgets, &[])?;
        Ok(Content { name: self.name, icon_url: self.icon_url, widgets })
    }
}

impl Content {
    fn place(&self, id: Uuid) -> Result<usize, Refusal> {
        self.widgets.iter().position(|widget| widget.id == id).ok_or(Refusal::NoSuchWidget)
    }
}

fn about(change: &'static str, widget: Option<&Widget>) -> Note {
    Note { change, subject: widget.map(|widget| widget.key.to_string()) }
}

fn kept(present: &Content) -> Vec<WidgetEdit> {
    present.widgets.iter().cloned().map(WidgetEdit::from).collect()
}

/// Widgets in the order of `edits`: each takes what it leaves out from the present one it names, and a new one a free
/// key and a place below all others.
fn arrange(edits: Vec<WidgetEdit>, present: &[Widget]) -> Result<Vec<Widget>, Refusal> {
    if edits.len() > MAX_WIDGETS {
        return Err(Refusal::TooManyWidgets);
    }
    let mut faults = Vec::new();
    let mut ids = HashSet::new();
    let mut keys = HashSet::new();
    let mut drafts = Vec::with_capacity(edits.len());
    for (index, mut edit) in edits.into_iter().enumerate() {
        if let Some(id) = edit.id {
            match present.iter().find(|widget| widget.id == id) {
                None => faults.push((index, WidgetFault::UnknownId(id))),
                Some(_) if !ids.insert(id) => faults.push((index, WidgetFault::RepeatedId(id))),
                Some(former) => {
                    edit.key = edit.key.or_else(|| Some(former.key.clone()));
                    edit.layout = edit.layout.or(Some(former.layout));
                }
            }
        }
        if let Some(key) = edit.key.clone().filter(|key| !keys.insert(key.clone())) {
            faults.push((index, WidgetFault::KeyTaken(key)));
        }
        drafts.push(edit);
    }
    if !faults.is_empty() {
        return Err(Refusal::Widgets(faults));
    }
    let mut bottom = drafts.iter().filter_map(|edit| edit.layout).map(Layout::bottom).max().unwrap_or(0);
    let mut widgets = Vec::with_capacity(drafts.len());
    for (index, edit) in drafts.into_iter().enumerate() {
        let layout = edit.layout.or_else(|| Layout::at_row(edit.kind, bottom));
        let layout = layout.ok_or_else(|| Refusal::Widgets(vec![(index, WidgetFault::NoRoom)]))?;
        bottom = bottom.max(layout.bottom());
        widgets.push(Widget {
            id: edit.id.unwrap_or_else(Uuid::new_v4),
            key: edit.key.or_else(|| free_key(&mut keys)).ok_or(Refusal::TooManyWidgets)?,
            kind: edit.kind,
            label: edit.label,
            metric: edit.metric,
            unit: edit.unit,
            data_type: edit.data_type,
            layout,
            options: edit.options,
        });
    }
    Ok(widgets)
}

/// The first of `w1`, `w2`, … that no widget has.
fn free_key(taken: &mut HashSet<Identifier>) -> Option<Identifier> {
    let mut keys = (1..).filter_map(|number: u32| Identifier::new(&format!("w{number}")).ok());
    keys.find(|key| taken.insert(key.clone()))
}

/// The same widgets in another order, which names each of them once.
fn reorder(order: &[Uuid], present: &[Widget]) -> Result<Vec<Widget>, Refusal> {
    let known: HashSet<Uuid> = present.iter().map(|widget| widget.id).collect();
    let mut named = HashSet::new();
    let (mut unknown, mut repeated) = (Vec::new(), Vec::new());
    for id in order {
        if !named.insert(*id) {
            repeated.push(*id);
        } else if !known.contains(id) {
            unknown.push(*id);
        }
    }
    let missing: Vec<Uuid> =
        present.iter().map(|widget| widget.id).filter(|id| !named.contains(id)).collect();
    if !(missing.is_empty() && unknown.is_empty() && repeated.is_empty()) {
        return Err(Refusal::Order { missing, unknown, repeated });
    }
    let one = |id: &Uuid| present.iter().find(|widget| widget.id == *id).cloned();
    Ok(order.iter().filter_map(one).collect())
}

#[cfg(test)]
mod tests;
