//! The registry of live entries and subscriptions.

use crate::board::{ErrorBoard, StatusBoard};
use crate::feed::Subscription;
use crate::filter::Filter;
use crate::gateway::{GatewayLink, GatewayView, LiveGateway, Moment};
use crate::path::{GatewayKey, GatewayPath, PlcPath};
use crate::plc::{LivePlc, MetricIndex, PlcLink, PlcSnapshot};
use crate::traffic::Traffic;
use crate::watcher::Watcher;
use crate::whole;
use dashmap::DashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia_model::{Alarm, Clock, GatewayHealth, Heartbeat, Identifier, Sample, TenantScope, Timestamp};

/// Everything live: cheap to clone, shared by all.
#[derive(Debug, Clone)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    clock: Clock,
    offline_after: Duration,
    plcs: DashMap<PlcPath, Arc<LivePlc>>,
    gateways: DashMap<GatewayKey, Arc<LiveGateway>>,
    /// Held while an entry or a subscription is made, so that each pair of them is attached exactly once.
    roster: Mutex<Roster>,
    board: StatusBoard,
    traffic: Traffic,
}

#[derive(Debug, Default)]
struct Roster {
    next_watcher: u64,
    watchers: BTreeMap<u64, Arc<Watcher>>,
    /// The tenants under which each plant code is known.
    sites: BTreeMap<Identifier, BTreeSet<Identifier>>,
}

impl Live {
    /// Empty. A gateway silent for `offline_after` counts as offline.
    pub fn new(clock: Clock, offline_after: Duration) -> Self {
        Self::with_errors(clock, offline_after, Arc::default())
    }

    /// The same with the board that the log writes its errors to.
    pub fn with_errors(clock: Clock, offline_after: Duration, errors: Arc<ErrorBoard>) -> Self {
        let board = StatusBoard::new(clock.clone(), errors);
        let traffic = Traffic::new(&clock);
        Self(Arc::new(Inner {
            clock,
            offline_after,
            plcs: DashMap::new(),
            gateways: DashMap::new(),
            roster: Mutex::default(),
            board,
            traffic,
        }))
    }

    /// The entry of a PLC, made at first sight; subscriptions that want it get to know it.
    pub fn plc(&self, path: &PlcPath) -> Arc<LivePlc> {
        if let Some(plc) = self.0.plcs.get(path) {
            return Arc::clone(&plc);
        }
        let mut roster = whole(self.0.roster.lock());
        if let Some(plc) = self.0.plcs.get(path) {
            return Arc::clone(&plc); // somebody was faster
        }
        let plc = Arc::new(LivePlc::new(path.clone()));
        for watcher in roster.watchers.values() {
            attach_plc(watcher, &plc);
        }
        roster.sites.entry(path.site.clone()).or_default().insert(path.tenant.clone());
        self.0.plcs.insert(path.clone(), Arc::clone(&plc));
        plc
    }

    /// Takes samples of one PLC in order and wakes its watchers. Of each metric only a strictly newer source time
    /// counts: live state never goes back in time.
    pub fn apply(&self, plc: &Arc<LivePlc>, updates: &[(MetricIndex, Sample)]) {
        plc.apply(updates);
    }

    /// After a conflicting duplicate: `stored` was committed first, so it replaces the value of its source time, if
    /// that is still the newest.
    #[expect(clippy::needless_pass_by_value, reason = "it hands the sample over, as apply's caller does not")]
    pub fn correct(&self, plc: &Arc<LivePlc>, metric: MetricIndex, stored: Sample) {
        plc.correct(metric, &stored);
    }

    /// The entry of a gateway, made at first sight. The province of the first sight stays.
    pub fn gateway(&self, path: &GatewayPath) -> Arc<LiveGateway> {
        let key = GatewayKey::from(path);
        if let Some(gateway) = self.0.gateways.get(&key) {
            return Arc::clone(&gateway);
        }
        let mut roster = whole(self.0.roster.lock());
        if let Some(gateway) = self.0.gateways.get(&key) {
            return Arc::clone(&gateway);
        }
        let gateway = Arc::new(LiveGateway::new(path.clone()));
        for watcher in roster.watchers.values() {
            attach_gateway(watcher, &gateway);
        }
        roster.sites.entry(path.site.clone()).or_default().insert(path.tenant.clone());
        self.0.gateways.insert(key, Arc::clone(&gateway));
        gateway
    }

    /// A message of any kind from this gateway was received at `at`.
    pub fn hear(&self, gateway: &Arc<LiveGateway>, at: Timestamp) {
        gateway.hear(at, self.0.moment());
    }

    /// A heartbeat was received at `at`.
    pub fn beat(&self, gateway: &Arc<LiveGateway>, beat: Heartbeat, at: Timestamp) {
        gateway.beat(beat, at, self.0.moment());
    }

    /// Takes over what the database remembers of a gateway, unless it was heard since.
    pub fn restore_gateway(&self, path: &GatewayPath, health: GatewayHealth) {
        self.gateway(path).restore(health, self.0.moment());
    }

    /// Takes away the gateways that do not stand where they are shown; their watchers are told. What was known of them.
    pub fn keep_gateways(&self, stands: impl Fn(&GatewayPath) -> bool) -> Vec<GatewayView> {
        let mut roster = whole(self.0.roster.lock());
        let leaving = self.0.gateways.iter().filter(|gateway| !stands(gateway.path()));
        let leaving: Vec<Arc<LiveGateway>> = leaving.map(|gateway| Arc::clone(&gateway)).collect();
        for gateway in &leaving {
            self.0.gateways.remove(&GatewayKey::from(gateway.path()));
            gateway.leave();
        }
        self.0.forget_sites(&mut roster, leaving.iter().map(|gateway| gateway.path()));
        drop(roster);
        leaving.iter().map(|gateway| gateway.view(self.0.moment())).collect()
    }

    /// Hands news of alarms to whoever watches them.
    pub fn tell_alarms(&self, alarms: Vec<Alarm>) {
        let alarms: Vec<Arc<Alarm>> = alarms.into_iter().map(Arc::new).collect();
        // Who subscribes from here on reads from the store that there are these.
        let watchers: Vec<Arc<Watcher>> = whole(self.0.roster.lock()).watchers.values().cloned().collect();
        for watcher in watchers {
            watcher.push_alarms(&alarms);
        }
    }

    /// To be called every second: gateways that fell silent become offline, and their watchers hear of it.
    pub fn sweep(&self) {
        let moment = self.0.moment();
        for gateway in &self.0.gateways {
            gateway.look(moment);
        }
    }

    /// Opens a view on what `scope` allows and any of `filters` wants: first everything there is, then changes.
    pub fn subscribe(&self, scope: TenantScope, filters: Vec<Filter>) -> Subscription {
        let mut roster = whole(self.0.roster.lock());
        let id = roster.next_watcher;
        roster.next_watcher += 1;
        let watcher = Arc::new(Watcher::new(id, scope, filters));
        for plc in &self.0.plcs {
            attach_plc(&watcher, &plc);
        }
        for gateway in &self.0.gateways {
            attach_gateway(&watcher, &gateway);
        }
        roster.watchers.insert(id, Arc::clone(&watcher));
        Subscription::new(Arc::clone(&self.0), watcher)
    }

    /// What is known of a PLC, copied out.
    pub fn plc_snapshot(&self, path: &PlcPath) -> Option<PlcSnapshot> {
        self.find_plc(path).map(|plc| plc.snapshot())
    }

    /// The entry of a PLC, if it was ever heard of.
    pub fn find_plc(&self, path: &PlcPath) -> Option<Arc<LivePlc>> {
        self.0.plcs.get(path).map(|plc| Arc::clone(&plc))
    }

    /// What is known of a gateway, copied out; its province is not looked at.
    pub fn gateway_snapshot(&self, path: &GatewayPath) -> Option<GatewayView> {
        let gateway = self.0.gateways.get(&GatewayKey::from(path)).map(|gateway| Arc::clone(&gateway));
        gateway.map(|gateway| gateway.view(self.0.moment()))
    }

    /// What is known of every gateway of a scope, copied out, in no order.
    pub fn gateway_snapshots(&self, scope: &TenantScope) -> Vec<GatewayView> {
        let moment = self.0.moment();
        let seen = self.0.gateways.iter().filter(|gateway| scope.allows(gateway.path().tenant.as_str()));
        seen.map(|gateway| gateway.view(moment)).collect()
    }

    /// The tenants of a scope that have a plant of this code with a PLC or gateway.
    pub fn tenants_of(&self, scope: &TenantScope, site: &Identifier) -> Vec<Identifier> {
        let roster = whole(self.0.roster.lock());
        let tenants = roster.sites.get(site).into_iter().flatten();
        tenants.filter(|tenant| scope.allows(tenant.as_str())).cloned().collect()
    }

    /// How long a gateway may be silent before it counts as offline.
    pub fn offline_after(&self) -> Duration {
        self.0.offline_after
    }

    /// How many samples of each series came lately.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// The state of the pipeline.
    pub fn board(&self) -> &StatusBoard {
        &self.0.board
    }
}

impl Inner {
    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), offline_after: self.offline_after }
    }

    /// Forgets the plants in which something stood, if nothing does any more.
    fn forget_sites<'a>(&self, roster: &mut Roster, stood: impl Iterator<Item = &'a GatewayPath>) {
        let mut empty: BTreeSet<(Identifier, Identifier)> =
            stood.map(|path| (path.site.clone(), path.tenant.clone())).collect();
        if empty.is_empty() {
            return;
        }
        for plc in &self.plcs {
            empty.remove(&(plc.path().site.clone(), plc.path().tenant.clone()));
        }
        for gateway in &self.gateways {
            empty.remove(&(gateway.path().site.clone(), gateway.path().tenant.clone()));
        }
        for (site, tenant) in empty {
            if let Some(tenants) = roster.sites.get_mut(&site) {
                tenants.remove(&tenant);
            }
        }
    }

    /// Attaches the watcher to no further entry.
    pub(crate) fn forget(&self, watcher: &Watcher) {
        whole(self.roster.lock()).watchers.remove(&watcher.id);
    }
}

/// Under the roster's lock.
fn attach_plc(watcher: &Arc<Watcher>, plc: &Arc<LivePlc>) {
    if watcher.wants_plc(plc.path()) {
        let link = Arc::new(PlcLink::new(Arc::clone(watcher), Arc::clone(plc)));
        whole(watcher.attached.lock()).plcs.push(Arc::clone(&link));
        plc.attach(link);
    }
}

/// Under the roster's lock.
fn attach_gateway(watcher: &Arc<Watcher>, gateway: &Arc<LiveGateway>) {
    if watcher.wants_gateway(gateway.path()) {
        let link = Arc::new(GatewayLink::new(Arc::clone(watcher), Arc::clone(gateway)));
        whole(watcher.attached.lock()).gateways.push(Arc::clone(&link));
        gateway.attach(link);
    }
}
