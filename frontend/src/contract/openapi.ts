// Made from docs/openapi.json by `cargo xtask gen`. Do not edit.

export interface paths {
  '/api/admin/access': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the caller is an internal admin
     * @description Who may: viewer, operator, tenant_admin, admin, key: the own account.
     */
    get: operations['getAccess']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/api-keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Keys for machines
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listApiKeys']
    put?: never
    /**
     * Makes a key; it is shown this once
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createApiKey']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/api-keys/{keyId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Ends a key, at once
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['revokeApiKey']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/audit-log': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who did what, the newest first
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listAuditLog']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The dashboards, without their widgets
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listDashboards']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One dashboard
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getDashboard']
    /**
     * Replaces name, icon and, when given, all widgets
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updateDashboard']
    post?: never
    /**
     * Removes a dashboard with its versions
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['deleteDashboard']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/duplicate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Gives another PLC a copy of a dashboard
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['duplicateDashboard']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A dashboard as a document without ids
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['exportDashboard']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/versions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The states a dashboard had, the present one first
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listVersions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/versions/{version}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A dashboard as it was
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getVersion']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/versions/{version}/restore': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Makes a former version the present one again
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['restoreVersion']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/widgets': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Adds a widget after the others
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['addWidget']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/widgets/{widgetId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Replaces a widget
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updateWidget']
    post?: never
    /**
     * Removes a widget
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['removeWidget']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/dashboards/{dashboardId}/widgets/reorder': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Puts the widgets in another order
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['reorderWidgets']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/gateways': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The gateways, as admins manage them
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listManagedGateways']
    put?: never
    /**
     * Admits a gateway before it speaks
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createGateway']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/gateways/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One gateway, by its id
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getManagedGateway']
    /**
     * Names a gateway, and moves it to another plant
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updateGateway']
    post?: never
    /**
     * Removes a gateway that was never heard
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['deleteGateway']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/plants': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The plants, as admins manage them
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listPlants']
    put?: never
    /**
     * Adds a plant before it is heard of
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createPlant']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/plants/{plantId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One plant
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getPlant']
    /**
     * Changes name and time zone of a plant
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updatePlant']
    post?: never
    /**
     * Removes a plant in which nothing stands
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['deletePlant']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/plcs/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Gives a PLC another name for people
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['renamePlc']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/plcs/{id}/dashboard': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The dashboard of a PLC, by the PLC's id
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getDashboardOfPlc']
    put?: never
    /**
     * Gives a PLC its dashboard
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createDashboard']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/plcs/{id}/dashboard/import': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Gives a PLC the dashboard of a document, or with a version named replaces the one it has
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['importDashboard']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What could not be taken, the newest first
     * @description Who may: admin: everything.
     */
    get: operations['listRejections']
    put?: never
    post?: never
    /**
     * Removes the oldest entries that match a filter
     * @description Who may: admin: everything.
     */
    delete: operations['deleteRejections']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections/{rejectionId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One entry, with what helps to understand it
     * @description Who may: admin: everything.
     */
    get: operations['getRejection']
    put?: never
    post?: never
    /**
     * Removes an entry
     * @description Who may: admin: everything.
     */
    delete: operations['deleteRejection']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections/{rejectionId}/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Asks for an entry's message to be taken once more, and waits a moment for what comes of it
     * @description Who may: admin: everything.
     */
    post: operations['replayRejection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections/counts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How much was rejected, what was only counted included
     * @description Who may: admin: everything.
     */
    get: operations['getRejectionCounts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Every entry that matches, as JSON Lines
     * @description Who may: admin: everything.
     */
    get: operations['exportRejections']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/rejections/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Asks for many entries to be taken once more
     * @description Who may: admin: everything.
     */
    post: operations['replayRejections']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/system': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How everything is doing, on one page
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getSystem']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/tenants': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The customers
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listTenants']
    put?: never
    /**
     * Adds a customer
     * @description Who may: admin: everything.
     */
    post: operations['createTenant']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/tenants/{tenantId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One customer
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getTenant']
    /**
     * Gives a customer another name for people
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updateTenant']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/users': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * People and their roles
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['listUsers']
    put?: never
    /**
     * Adds a person, with a link to choose a password
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createUser']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/users/{userId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One person
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    get: operations['getUser']
    /**
     * Changes a person and his roles
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    put: operations['updateUser']
    post?: never
    /**
     * Removes a person
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    delete: operations['deleteUser']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/admin/users/{userId}/password-link': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Makes a link by which a person chooses another password
     * @description Who may: tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['createPasswordLink']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The alarms, the newest or the most severe first
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listAlarms']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms/{alarmId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One alarm
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['getAlarm']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms/{alarmId}/acknowledge': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Takes note of an alarm
     * @description Who may: operator, tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['acknowledgeAlarm']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms/{site}/{plc}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The alarms of a PLC
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listAlarmsOfPlc']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms/acknowledge': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Takes note of many alarms, each with a result of its own
     * @description Who may: operator, tenant_admin: what belongs to the own tenants; admin: everything.
     */
    post: operations['acknowledgeAlarms']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/alarms/summary': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How many nobody has acknowledged yet, and the newest of them
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['getAlarmSummary']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/login': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Lets somebody in, by a cookie and by a token
     * @description Who may: nobody, viewer, operator, tenant_admin, admin, key: everything.
     */
    post: operations['logIn']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/logout': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Ends the session that asks
     * @description Who may: viewer, operator, tenant_admin, admin: the own account.
     */
    post: operations['logOut']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who is logged in
     * @description Who may: viewer, operator, tenant_admin, admin, key: the own account.
     */
    get: operations['getMe']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/password': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Changes the own password; every other session ends
     * @description Who may: viewer, operator, tenant_admin, admin: the own account.
     */
    post: operations['changePassword']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/password-links': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Chooses a password by a link, which works once
     * @description Who may: nobody, viewer, operator, tenant_admin, admin, key: everything.
     */
    post: operations['redeemLink']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The own sessions, the one used last first
     * @description Who may: viewer, operator, tenant_admin, admin: the own account.
     */
    get: operations['listSessions']
    put?: never
    post?: never
    /**
     * Signs out everywhere, here too
     * @description Who may: viewer, operator, tenant_admin, admin: the own account.
     */
    delete: operations['endAllSessions']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/auth/sessions/{sessionId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Ends one of the own sessions
     * @description Who may: viewer, operator, tenant_admin, admin: the own account.
     */
    delete: operations['endSession']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/dashboards/{site}/{plc}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The dashboard of a PLC, as viewers see it
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['showDashboard']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/gateways': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The gateways, and whether they live
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listGateways']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/gateways/{site}/{gateway}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One gateway
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['getGateway']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/persist-rules': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The rules in order of priority
     * @description Who may: admin: everything.
     */
    get: operations['listRules']
    put?: never
    /**
     * Adds a rule; it is in force within a second
     * @description Who may: admin: everything.
     */
    post: operations['createRule']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/persist-rules/{ruleId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One rule
     * @description Who may: admin: everything.
     */
    get: operations['getRule']
    /**
     * Replaces a rule
     * @description Who may: admin: everything.
     */
    put: operations['updateRule']
    post?: never
    /**
     * Removes a rule
     * @description Who may: admin: everything.
     */
    delete: operations['deleteRule']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/persist-rules/dry-run': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * What a draft would keep, add and save, by what came in the last day
     * @description Who may: admin: everything.
     */
    post: operations['tryRule']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/persist-rules/explain': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Which rule decides for a series, and what the others lack
     * @description Who may: admin: everything.
     */
    get: operations['explainRules']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/plcs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The PLCs of all plants
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listPlcs']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/plcs/{site}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The PLCs of a plant
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listPlcsOfSite']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/plcs/{site}/{plc}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One PLC
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['getPlc']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/plcs/{site}/{plc}/state': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The last value of each of its metrics
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['getPlcState']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/sites': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The plants, with their counts
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listSites']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/telemetry/{site}/{plc}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Samples or hourly statistics of a PLC, or a chart of them
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listTelemetry']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/telemetry/{site}/{plc}/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Every sample of a span of time, as CSV
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['exportTelemetry']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/telemetry/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The newest events of the history
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['listLatest']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** How process, broker connections, database and spool are doing */
    get: operations['getHealth']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health/ready': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether it can do its work now */
    get: operations['getReady']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/metrics': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Figures for Prometheus, or a few of them as JSON */
    get: operations['getMetrics']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/ws': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Opens the live feed over WebSocket
     * @description Who may: viewer, operator, tenant_admin, key: what belongs to the own tenants; admin: everything.
     */
    get: operations['openFeed']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /** @description `GET /api/admin/access` */
    Access: {
      admin: boolean
      email: string | null
    }
    /**
     * @description What somebody says on acknowledging one alarm. The whole body may be left out.
     * @example {
     *       "comment": "on my way"
     *     }
     */
    AcknowledgeBody: {
      /** @default null */
      comment: string | null
    }
    /** @description What became of alarms to be acknowledged, in the order they were named. */
    AcknowledgedMany: {
      results: components['schemas']['AcknowledgedOne'][]
    }
    /** @description What became of one. */
    AcknowledgedOne: {
      /**
       * Format: date-time
       * @description When the first who did took note of it; null where it is `forbidden` or `not_found`.
       * @example 2025-01-08T18:00:00.000Z
       */
      acknowledgedAt: string | null
      /** @description E-mail, or the name of a key, of the first who did; null also when it was done in SQL. */
      acknowledgedBy: string | null
      /** Format: uuid */
      id: string
      result: components['schemas']['AcknowledgeResult']
    }
    /**
     * @description Alarms to be acknowledged.
     * @example {
     *       "comment": "on my way",
     *       "ids": [
     *         "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21"
     *       ]
     *     }
     */
    AcknowledgeManyBody: {
      /**
       * @description Said of each.
       * @default null
       */
      comment: string | null
      ids: string[]
    }
    /** @enum {string} */
    AcknowledgeResult: 'acknowledged' | 'already_acknowledged' | 'forbidden' | 'not_found'
    /** @enum {string} */
    ActorKind: 'user' | 'api_key' | 'command_line' | 'nobody'
    /**
     * @description An alarm.
     * @example {
     *       "acknowledged": false,
     *       "acknowledgedAt": null,
     *       "acknowledgedBy": null,
     *       "changedAt": "2025-01-08T18:00:00.000Z",
     *       "comment": null,
     *       "createdAt": "2025-01-08T18:00:00.000Z",
     *       "id": "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21",
     *       "message": "temp_head is above 90",
     *       "metricId": "temp_head",
     *       "plcId": "plc-03",
     *       "plcName": "Dryer",
     *       "severity": "high",
     *       "site": "planta-1",
     *       "tenant": "granix",
     *       "ts": "2025-01-08T18:00:00.000Z",
     *       "type": "high_limit",
     *       "version": 1
     *     }
     */
    Alarm: {
      /** @description Whether somebody has taken note. */
      acknowledged: boolean
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      acknowledgedAt: string | null
      /** @description E-mail, or the name of a key; null when it was done in SQL. */
      acknowledgedBy: string | null
      /**
       * Format: date-time
       * @description When it changed last, by the database's clock.
       * @example 2025-01-08T18:00:00.000Z
       */
      changedAt: string
      /** @description What was said when acknowledging. */
      comment: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** Format: uuid */
      id: string
      /** @description For people. */
      message: string
      /** @description What it is about; null: the PLC as a whole. */
      metricId: string | null
      plcId: string
      /** @description What people call the PLC; null: it has no name but its id. */
      plcName: string | null
      severity: components['schemas']['Severity']
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /**
       * Format: date-time
       * @description When it arose.
       * @example 2025-01-08T18:00:00.000Z
       */
      ts: string
      /** @description A word of whoever raised it. */
      type: string
      /**
       * Format: int32
       * @description Grows with every change.
       */
      version: number
    }
    /** @description An alarm that nobody acknowledged yet (first), or one that is new or changed: as REST shows it, but for its type. */
    AlarmMessage: {
      /** @description Whether somebody has taken note. */
      acknowledged: boolean
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      acknowledgedAt: string | null
      /** @description E-mail, or the name of a key; null when it was done in SQL. */
      acknowledgedBy: string | null
      /** @description What REST calls `type`. */
      alarmType: string
      /**
       * Format: date-time
       * @description When it changed last, by the database's clock.
       * @example 2025-01-08T18:00:00.000Z
       */
      changedAt: string
      /** @description What was said when acknowledging. */
      comment: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** Format: uuid */
      id: string
      /** @description For people. */
      message: string
      /** @description What it is about; null: the PLC as a whole. */
      metricId: string | null
      plcId: string
      /** @description What people call the PLC; null: it has no name but its id. */
      plcName: string | null
      severity: components['schemas']['Severity']
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /**
       * Format: date-time
       * @description When it arose.
       * @example 2025-01-08T18:00:00.000Z
       */
      ts: string
      /**
       * Format: int32
       * @description Grows with every change.
       */
      version: number
    }
    /** @description One page of a list. */
    AlarmPage: {
      items: components['schemas']['Alarm'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @enum {string} */
    AlarmSort: 'ts' | 'severity'
    /** @description What nobody has taken note of yet. */
    AlarmSummary: {
      /** @description The newest of them; null when there is none. */
      newest: components['schemas']['Alarm'] | null
      unacknowledged: components['schemas']['SeverityCounts']
    }
    /** @description A key for a machine. */
    ApiKey: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      createdBy: string
      /**
       * Format: date-time
       * @description `null`: it does not end by itself.
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string | null
      /** @description Its first characters. */
      hint: string
      /** Format: uuid */
      id: string
      lastAddress: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastUsedAt: string | null
      name: string
      role: components['schemas']['Role']
      tenant: string
    }
    /**
     * @description A key to be made.
     * @example {
     *       "expiresAt": "2099-01-01T00:00:00.000Z",
     *       "name": "Reports",
     *       "role": "viewer",
     *       "tenant": "granix"
     *     }
     */
    ApiKeyBody: {
      /** @default null */
      expiresAt: string | null
      /** @description Signs what the key does, so it is no e-mail address. */
      name: string
      role: components['schemas']['Role']
      tenant: string
    }
    /** @description One page of a list. */
    ApiKeyPage: {
      items: components['schemas']['ApiKey'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description A row of the audit log. */
    AuditEntry: {
      /** @description `<resource>.<verb>`. */
      action: string
      /** @description E-mail, or the name of a key. */
      actor: string
      actorKind: components['schemas']['ActorKind']
      address: string | null
      after: unknown
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      at: string
      before: unknown
      id: string
      /** @description The id of what was changed. */
      subject: string
      subjectKind: string
      /** @description What people called it then: `site/plc`, an address, the name of a rule or a key. `null` where nothing has a name. */
      subjectName: string | null
      tenant: string | null
    }
    /** @description One page of a list. */
    AuditEntryPage: {
      items: components['schemas']['AuditEntry'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @enum {string} */
    BackupKind: 'full' | 'differential' | 'incremental'
    /** @enum {string} */
    BackupRepository: 'local' | 's3'
    /** @enum {string} */
    BackupState: 'never' | 'ok' | 'late' | 'failed' | 'unverified' | 'not_archived'
    /** @description The backups of the database, as of the last minute. */
    BackupStatus: {
      /**
       * Format: date-time
       * @description When Postgres last archived a WAL file; null: never, or archiving is off.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastArchivedAt: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastArchiveFailureAt: string | null
      /** @description Why the last backup or the last verification failed; null if neither did. */
      lastError: string | null
      /**
       * Format: date-time
       * @description When the last good one ended, in the repository that is furthest behind; null: one has none.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastSuccessAt: string | null
      /**
       * Format: date-time
       * @description When one was last restored and compared, in the repository where that is longest ago; null: in one it never was.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastVerifiedAt: string | null
      repositories: components['schemas']['RepositoryBackups'][]
      /**
       * @description `never`: none was ever made; `late`: the last good one is more than 36 h old; `failed`: the last one, or the last
       *      verification; `unverified`: none was restored as a test for 9 days, or ever, though there are good ones as old;
       *      `not_archived`: WAL has not been archived for ten minutes.
       */
      state: components['schemas']['BackupState']
    }
    /** @description The tenant and plant of a gateway. */
    BoundTo: {
      site: string
      tenant: string
    }
    /** @description The buckets of a metric that hold anything. Where none did for much longer than usual, all but the time is null. */
    BucketColumns: {
      avg: (number | null)[]
      /** @description Good numeric or bool samples: those the figures are over. */
      count: (number | null)[]
      max: (number | null)[]
      metricId: string
      min: (number | null)[]
      nonGood: (number | null)[]
      source: components['schemas']['BucketSource']
      /** @description Starts of the buckets, in milliseconds since 1970. */
      times: number[]
      unit: string | null
    }
    /** @description What a bucket shows of the samples in it. */
    BucketMethod: 'minMaxAvg'
    /** @description What there was of a metric in one bucket of time. */
    BucketRow: {
      /** Format: double */
      avg: number | null
      /**
       * Format: int64
       * @description Good numeric or bool samples: those the figures are over.
       */
      count: number
      /** Format: double */
      max: number | null
      metricId: string
      /** Format: double */
      min: number | null
      /** Format: int64 */
      nonGood: number
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      start: string
    }
    /** @description What buckets were made of. */
    BucketSource: 'samples' | 'hourly'
    /** @enum {string} */
    CertificateKind: 'client' | 'ca' | 'broker' | 'web'
    /** @description Certificate files that were replaced on disk, on their way into use. */
    CertificateRotation: {
      /** @description What is wrong with the files, or why they failed. */
      detail: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string
      /**
       * @description `none`: the files are what is in use. `waiting`: they were changed, and are not whole yet or wait for their turn.
       *      `trying`: a connection is being made with them. `failed`: the broker did not take them; what was in use still is.
       */
      state: components['schemas']['RotationState']
    }
    /** @description A certificate whose end would stop something. */
    CertificateStatus: {
      /**
       * Format: int64
       * @description Whole days until then; negative once it has expired.
       */
      daysLeft: number
      issuer: string
      kind: components['schemas']['CertificateKind']
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      notAfter: string
      subject: string
    }
    /** @description What a client may say. */
    ClientMessage: {
      filters: components['schemas']['FeedFilter'][]
      /** @constant */
      type: 'subscribe'
    }
    /**
     * @description Tells columns from rows.
     * @enum {string}
     */
    ColumnsWord: 'columns'
    /** @description One connection to the broker. */
    ConnectionHealth: {
      /** Format: uint64 */
      acknowledged: number
      clientId: string
      /**
       * Format: uint64
       * @description About how long the messages that gathered during the last break will take; null while there are none.
       */
      drainEstimateSec: number | null
      /**
       * Format: uint32
       * @description Messages received and not yet acknowledged.
       */
      inFlight: number
      /** @description The last failure, also after it has passed. */
      lastError: string | null
      /**
       * Format: uint32
       * @description Messages in the fastest second of the last hour.
       */
      peakRateLastHour: number
      /**
       * Format: uint32
       * @description Messages in the fastest second of the last minute.
       */
      peakRateLastMinute: number
      /**
       * Format: uint32
       * @description Messages in the last full second.
       */
      rate: number
      /**
       * Format: uint32
       * @description Messages a second above which AWS IoT Core throws them away.
       */
      rateLimit: number
      /** Format: uint64 */
      received: number
      /** Format: uint64 */
      reconnects: number
      /**
       * Format: uint64
       * @description Messages the broker sent again before they were acknowledged; the copies are not counted as received.
       */
      resent: number
      /** @description Whether the broker still had the session at the last CONNACK; null before the first. */
      sessionPresent: boolean | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string
      /** @description `connecting`, `connected`, `subscribed` or `down`. */
      state: string
      subscriptions: components['schemas']['SubscriptionHealth'][]
      /**
       * Format: uint32
       * @description How many of those the broker may send.
       */
      window: number
    }
    /** @enum {string} */
    CountedBy: 'reason' | 'gateway' | 'hour'
    /** @description What was counted for a list of rules. */
    CountedSeries: {
      /**
       * Format: uint64
       * @description Those for which no rule decides.
       */
      byDefault: number
      /** @description False: there are more than are counted, which is a million. */
      complete: boolean
      /** Format: uint64 */
      series: number
    }
    /** @description A key just made. What it opens is shown this once. */
    CreatedApiKey: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      createdBy: string
      /**
       * Format: date-time
       * @description `null`: it does not end by itself.
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string | null
      /** @description Its first characters. */
      hint: string
      /** Format: uuid */
      id: string
      lastAddress: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastUsedAt: string | null
      name: string
      role: components['schemas']['Role']
      tenant: string
      token: string
    }
    /** @description A user just made, with the link to hand over. */
    CreatedUser: {
      /** @description An internal admin: among `ADMIN_EMAILS`, with a password that came by a link of one or of the command line. */
      admin: boolean
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      disabled: boolean
      email: string
      /** Format: uuid */
      id: string
      /**
       * Format: date-time
       * @description `null`: not since the caller's tenants know the person.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastLoginAt: string | null
      name: string | null
      /** @description Works once, and only while the account has no password. */
      passwordLink: components['schemas']['PasswordLink']
      /** @description Roles in the tenants the caller manages. */
      tenants: components['schemas']['TenantRole'][]
      /** Format: int32 */
      version: number
    }
    /** @description A dashboard. */
    Dashboard: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** @description `https://…`, or a path of this server. */
      iconUrl: string | null
      /** Format: uuid */
      id: string
      name: string
      /** @description The PLC's name in its messages, such as `plc-03`. */
      plc: string
      /**
       * Format: uuid
       * @description The PLC's id, as in `/api/plcs`.
       */
      plcId: string
      /** @description What people call the PLC. */
      plcName: string | null
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /**
       * Format: date-time
       * @description When this version was made.
       * @example 2025-01-08T18:00:00.000Z
       */
      updatedAt: string
      /** @description Who made it: e-mail, or the name of a key. Not shown to viewers. */
      updatedBy?: string | null
      /**
       * Format: int32
       * @description To be named in the next edit of the dashboard or of any of its widgets; raised by each.
       */
      version: number
      /** @description In reading order. */
      widgets: components['schemas']['Widget'][]
    }
    /**
     * @description A dashboard as somebody writes it. What a client got it may send back; of what it cannot change the server's holds.
     * @example {
     *       "iconUrl": "/icons/oven.svg",
     *       "name": "Oven 3",
     *       "version": 3,
     *       "widgets": [
     *         {
     *           "dataType": "float",
     *           "label": "Head",
     *           "layout": {
     *             "h": 1,
     *             "w": 2,
     *             "x": 0,
     *             "y": 0
     *           },
     *           "metricId": "temp_head",
     *           "options": {
     *             "decimals": 1
     *           },
     *           "type": "value",
     *           "unit": "celsius",
     *           "widgetKey": "head"
     *         }
     *       ]
     *     }
     */
    DashboardBody: {
      /** @description Set by the server; passed over when it is sent back. */
      createdAt?: unknown
      /**
       * @description `https://…`, or a path of this server that begins with one `/`.
       * @default null
       */
      iconUrl: string | null
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      name: string
      /** @description Set by the server; passed over when it is sent back. */
      plc?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      plcId?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      plcName?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      site?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      tenant?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      updatedAt?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      updatedBy?: unknown
      /**
       * Format: int32
       * @description The version the edit started from; needed to replace, here or as `If-Match`.
       * @default null
       */
      version: number | null
      /**
       * @description All of them in their order: one with the `id` of a present widget stays that one, one without is new, and one that
       *      is not named is removed. Left out: the widgets stay as they are.
       */
      widgets?: components['schemas']['WidgetBody'][] | null
    }
    /** @enum {string} */
    DashboardChange:
      | 'create'
      | 'update'
      | 'add_widget'
      | 'update_widget'
      | 'remove_widget'
      | 'reorder'
      | 'restore'
      | 'import'
      | 'duplicate'
    /** @description A dashboard as a document of its own, without any id. */
    DashboardExport: {
      format: components['schemas']['ExportFormat']
      /**
       * Format: int64
       * @description 1
       */
      formatVersion: number
      iconUrl: string | null
      name: string
      widgets: components['schemas']['WidgetContent'][]
    }
    /** @description A dashboard in a list. */
    DashboardSummary: {
      iconUrl: string | null
      /** Format: uuid */
      id: string
      name: string
      /** @description The PLC's name in its messages. */
      plc: string
      /**
       * Format: uuid
       * @description The PLC's id, as in `/api/plcs`.
       */
      plcId: string
      /** @description What people call the PLC. */
      plcName: string | null
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      updatedAt: string
      /** @description E-mail, or the name of a key. */
      updatedBy: string
      /** Format: int32 */
      version: number
      /**
       * Format: int32
       * @description How many widgets it has.
       */
      widgetCount: number
    }
    /** @description One page of a list. */
    DashboardSummaryPage: {
      items: components['schemas']['DashboardSummary'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description A version in the list of a dashboard's. */
    DashboardVersion: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      at: string
      /** @description E-mail, or the name of a key. */
      by: string
      /** @description What made it. */
      change: components['schemas']['DashboardChange']
      /** @description The dashboard's name in it. */
      name: string
      /** @description The key of the widget, or the version that was restored. */
      subject: string | null
      /** Format: int32 */
      version: number
      /**
       * Format: int32
       * @description How many widgets it had.
       */
      widgetCount: number
    }
    /** @description One page of a list. */
    DashboardVersionPage: {
      items: components['schemas']['DashboardVersion'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description The database. */
    DatabaseHealth: {
      lastError: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string
      /** @description `up` or `down`. */
      state: string
    }
    /** @description The database, and what it weighs. */
    DatabaseStatus: {
      /** Format: int64 */
      bytes: number | null
      /** @description The last failure, also after it has passed. */
      lastError: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string
      state: components['schemas']['UpOrDown']
      /** @description The largest first. */
      tables: components['schemas']['TableSize'][]
      /** @description Of the server. This and the sizes are null while it is away. */
      version: string | null
    }
    /** @enum {string} */
    DataType: 'float' | 'int' | 'bool' | 'string'
    /** @description How long what is kept stays where no rule says. */
    DefaultRetention: {
      /**
       * Format: int32
       * @description `HOURLY_RETENTION_DAYS`; null: for ever.
       */
      hourlyDays: number | null
      /**
       * Format: int32
       * @description `RAW_RETENTION_DAYS`; null: for ever.
       */
      rawDays: number | null
    }
    /** @description What a draft would change, reckoned from what came lately. */
    DryRun: {
      /** @description What would be. */
      after: components['schemas']['KeptPerDay']
      /** @description What is kept in a day, of all series, as things are. */
      before: components['schemas']['KeptPerDay']
      /** @description Whether the former comes from this database, or is what it usually is because nothing is known of the last day yet. */
      bytesMeasured: boolean
      /** Format: int64 */
      bytesPerHourlyRow: number
      /**
       * Format: double
       * @description As it is kept in the long run: packed, if samples are packed.
       */
      bytesPerSample: number
      /** @description `after` less `before`: positive is added, negative saved. */
      change: components['schemas']['KeptPerDay']
      /**
       * Format: date-time
       * @description What came since then is what was reckoned with: a day, or less when the program started later.
       * @example 2025-01-08T18:00:00.000Z
       */
      from: string
      /**
       * Format: uint64
       * @description Series of which something came, and that the draft matches.
       */
      matched: number
      /** @description Series that would be touched, those with the most samples first; at most 100. */
      series: components['schemas']['TouchedSeries'][]
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      to: string
      /**
       * Format: uint64
       * @description Those of all series for which another mode would hold.
       */
      touched: number
    }
    /**
     * @description Where a copy goes.
     * @example {
     *       "plcId": "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21"
     *     }
     */
    DuplicateBody: {
      /**
       * Format: uuid
       * @description The id of a PLC without a dashboard, as in `/api/plcs`.
       */
      plcId: string
    }
    /** @description What is kept of a series, and why. */
    Explanation: {
      /** @description Null where no enabled rule matches: then `PERSIST_DEFAULT_MODE` holds. */
      decidedBy: components['schemas']['Rule'] | null
      /**
       * @description Where no gateway was named: the one this is about, which sent the newest sample, and the others that send the series.
       *      Those of the plant, if nobody sent it yet; at most 100. Otherwise none.
       */
      gateways: components['schemas']['GatewayExplanation'][]
      /**
       * Format: int32
       * @description How long hourly rows stay, by the rule or by `HOURLY_RETENTION_DAYS`; null: for ever.
       */
      hourlyRetentionDays: number | null
      /** @description Who says how long hourly rows stay. */
      hourlyRetentionFrom: components['schemas']['RetentionSource']
      mode: components['schemas']['Mode']
      /** @description The other rules that match, the stronger first and the disabled last. */
      overruled: components['schemas']['Overruled'][]
      /**
       * Format: int32
       * @description How long samples stay, by the rule or by `RAW_RETENTION_DAYS`; null: for ever.
       */
      rawRetentionDays: number | null
      /** @description Who says how long samples stay. */
      rawRetentionFrom: components['schemas']['RetentionSource']
      series: components['schemas']['SeriesNames']
    }
    /** @enum {string} */
    ExportFormat: 'vigia.dashboard'
    /**
     * @description Which part of the feed is wanted. Absent, null, empty and `*` match everything; `*` within a name stands for any
     *      run of characters. An unknown field is an error: a mistyped one would otherwise match everything.
     */
    FeedFilter: {
      metricId?: string | null
      plcId?: string | null
      site?: string | null
      tenant?: string | null
      /** @description What is wanted of it; left out: everything. */
      types?: components['schemas']['FeedType'][] | null
    }
    /**
     * @description What a filter may be narrowed to, by the `type` of the messages.
     * @enum {string}
     */
    FeedType: 'telemetry' | 'gateway' | 'alarm'
    /** @description What is wrong with one field. */
    FieldProblem: {
      detail: string
      /** @description Its name in the body. */
      field: string
    }
    /** @description A gateway. */
    Gateway: {
      /**
       * Format: int64
       * @description Receipt minus source time of the last heartbeat; positive when the gateway's clock is behind.
       */
      clockSkewMs: number | null
      gatewayId: string
      /** @description The newest one by source time. */
      heartbeat: components['schemas']['Heartbeat'] | null
      /** Format: uuid */
      id: string
      /** @description The boot it was last heard from, where it names boots. */
      lastBootId: string | null
      /**
       * Format: date-time
       * @description Receipt of its last message of any kind.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastSeen: string | null
      /**
       * Format: int64
       * @description Messages that by their `seq` must have been sent and never arrived.
       */
      missingSeq: number
      name: string | null
      province: string
      /**
       * Format: date-time
       * @description Since when it has that status; null when never seen.
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string | null
      site: string
      status: components['schemas']['GatewayStatus']
      tenant: string
      /**
       * Format: int32
       * @description To be named in the next edit.
       */
      version: number
    }
    /**
     * @description A gateway to be admitted.
     * @example {
     *       "gatewayId": "granix-ba-gw-01",
     *       "name": "Sala de tableros",
     *       "site": "planta-1",
     *       "tenant": "granix"
     *     }
     */
    GatewayBody: {
      /** @description The thing name; never changed. */
      gatewayId: string
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
    }
    /**
     * @description A gateway as somebody changes one. What a client got it may send back.
     * @example {
     *       "name": "Sala de tableros",
     *       "site": "planta-2",
     *       "version": 1
     *     }
     */
    GatewayEdit: {
      /** @description Set by the server; passed over when it is sent back. */
      clockSkewMs?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      gatewayId?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      heartbeat?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      lastBootId?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      lastSeen?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      missingSeq?: unknown
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description Set by the server; passed over when it is sent back. */
      province?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      since?: unknown
      /** @description The plant's code. Another one than its own moves it. */
      site?: string | null
      /** @description Set by the server; passed over when it is sent back. */
      status?: unknown
      /** @description Another one than its own moves it, which only internal admins may do. */
      tenant?: string | null
      /**
       * Format: int32
       * @description The version the edit started from; needed here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description What is kept of a series when a certain gateway sends it. */
    GatewayExplanation: {
      /** @description Null where no enabled rule matches. */
      decidedBy: components['schemas']['Rule'] | null
      gatewayId: string
      /** Format: int32 */
      hourlyRetentionDays: number | null
      mode: components['schemas']['Mode']
      /** Format: int32 */
      rawRetentionDays: number | null
      /** @description Whether it sent the series: the newest sample, or any in the last day. */
      sends: boolean
    }
    /** @description A gateway's status or heartbeat (first), or a change of it. */
    GatewayMessage: {
      bufferMode?: string | null
      /** Format: int64 */
      clockSkewMs: number | null
      gatewayId: string
      /** @description It was moved and does not stand here any more: the last message about it here. */
      gone?: boolean
      heartbeat: components['schemas']['Heartbeat'] | null
      internet?: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastSeen: string | null
      mqtt?: string | null
      plcLink?: string | null
      province: string
      /** Format: int64 */
      queuedMessages?: number | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string | null
      site: string
      state?: string
      status: components['schemas']['GatewayStatus']
      tenant: string
      /**
       * Format: date-time
       * @description Source time.
       * @example 2025-01-08T18:00:00.000Z
       */
      timestamp?: string
      /** Format: int64 */
      uptimeSec?: number | null
      version?: string | null
    }
    /** @description One page of a list. */
    GatewayPage: {
      items: components['schemas']['Gateway'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @enum {string} */
    GatewayStatus: 'online' | 'offline' | 'never_seen'
    /**
     * @description `GET /health`: always answered while the process lives. For anybody but internal admins connections are numbered, and
     *      filters and the words of errors are left out.
     */
    Health: {
      /** @description The commit it was made from, the first twelve digits of it; or `unknown`. */
      commit: string
      database: components['schemas']['DatabaseHealth']
      mqtt: components['schemas']['MqttHealth']
      /** @description `starting`, `active` or `standby`. */
      role: string
      spool: components['schemas']['SpoolHealth']
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      startedAt: string
      /** @description `ok`, or `degraded` when something is not ready. */
      status: string
      /** @description Null for anybody but internal admins, in a process that does not ingest, and before it was looked at. */
      storage: components['schemas']['StorageHealth'] | null
      /** Format: int64 */
      uptimeSec: number
      version: string
      /**
       * @description What will go wrong if nobody does anything: `storage` when the room for history will not do for long, `certificate`
       *      when one of the connection to the broker ends within 30 days, or that of the page within 7, or replaced ones do not come
       *      into use, `backup` when the last one is too old or failed, none was restored as a test for too long, or WAL is not
       *      archived.
       */
      warnings: string[]
    }
    /** @description What a gateway said of itself. */
    Heartbeat: {
      bufferMode: string | null
      internet: string | null
      mqtt: string | null
      plcLink: string | null
      /** Format: int64 */
      queuedMessages: number | null
      state: string
      /**
       * Format: date-time
       * @description Source time.
       * @example 2025-01-08T18:00:00.000Z
       */
      timestamp: string
      /** Format: int64 */
      uptimeSec: number | null
      version: string | null
    }
    /** @description Statistics of one UTC hour; the figures are null when no sample of it was good and countable. */
    HourlyRow: {
      /** Format: double */
      avg: number | null
      /** Format: int64 */
      count: number
      /** Format: double */
      first: number | null
      /**
       * Format: date-time
       * @description Its start.
       * @example 2025-01-08T18:00:00.000Z
       */
      hour: string
      /** Format: double */
      last: number | null
      /** Format: double */
      max: number | null
      metricId: string
      /** Format: double */
      min: number | null
      /** Format: int64 */
      nonGood: number
      /** Format: double */
      sum: number | null
    }
    /**
     * @description An exported dashboard, of version 1.
     * @example {
     *       "format": "vigia.dashboard",
     *       "formatVersion": 1,
     *       "name": "Oven 3",
     *       "widgets": [
     *         {
     *           "dataType": "float",
     *           "label": "Head",
     *           "layout": {
     *             "h": 1,
     *             "w": 2,
     *             "x": 0,
     *             "y": 0
     *           },
     *           "metricId": "temp_head",
     *           "options": {
     *             "decimals": 1
     *           },
     *           "type": "value",
     *           "unit": "celsius",
     *           "widgetKey": "head"
     *         }
     *       ]
     *     }
     */
    ImportBody: {
      format: components['schemas']['ExportFormat']
      /**
       * Format: int64
       * @description 1, the only one this server reads.
       */
      formatVersion: number
      /** @default null */
      iconUrl: string | null
      name: string
      /** @description Without ids: all of them will be new. */
      widgets: components['schemas']['WidgetBody'][]
    }
    /** @description The way of messages since this process started. */
    IngestStatus: {
      /**
       * Format: uint64
       * @description Of these something was rejected.
       */
      failed: number
      /**
       * Format: int64
       * @description From receipt to commit, of the oldest message in the last batch; null before the first.
       */
      lagMs: number | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastMessageAt: string | null
      /**
       * Format: uint32
       * @description Messages in the last full second, over all connections.
       */
      messagesPerSecond: number
      /**
       * Format: uint64
       * @description All they mean is durable.
       */
      processed: number
      /** Format: uint64 */
      received: number
    }
    /** @description What is kept in a day. */
    KeptPerDay: {
      /** Format: int64 */
      bytes: number
      /**
       * Format: int64
       * @description Those of them that are in the event history.
       */
      events: number
      /** Format: int64 */
      hourlyRows: number
      /**
       * Format: int64
       * @description Rows of samples, those of the mode `hourly` included: they are kept so that a repeat counts once.
       */
      sampleRows: number
    }
    /** @description One of the newest events, with where it came from. */
    LatestSample: {
      dataType: components['schemas']['DataType']
      gatewayId: string
      metricId: string
      plcId: string
      quality: components['schemas']['Quality']
      site: string
      tenant: string
      /**
       * Format: date-time
       * @description Source time.
       * @example 2025-01-08T18:00:00.000Z
       */
      ts: string
      unit: string | null
      value: components['schemas']['Value']
    }
    /** @description One page of a list. */
    LatestSamplePage: {
      items: components['schemas']['LatestSample'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description Where a widget stands on a grid of 12 columns, and how large it is. */
    Layout: {
      /**
       * Format: uint16
       * @description Rows high.
       */
      h: number
      /**
       * Format: uint16
       * @description Columns wide.
       */
      w: number
      /**
       * Format: uint16
       * @description Columns from the left.
       */
      x: number
      /**
       * Format: uint16
       * @description Rows from the top.
       */
      y: number
    }
    /** @description A place on the grid as somebody writes it. */
    LayoutBody: {
      /**
       * Format: int64
       * @description Rows high.
       */
      h: number
      /**
       * Format: int64
       * @description Columns wide: up to 12 - `x`.
       */
      w: number
      /**
       * Format: int64
       * @description Columns from the left.
       */
      x: number
      /**
       * Format: int64
       * @description Rows from the top.
       */
      y: number
    }
    /** @description How the points of a chart are written down. */
    LayoutInput: 'rows' | 'columns'
    /** @description What was let go. */
    LetGoStatus: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      at: string
      /**
       * Format: int64
       * @description What the partition took; null where rows were deleted.
       */
      bytes: number | null
      /**
       * Format: uint64
       * @description How many rows were deleted; null where a partition went.
       */
      rows: number | null
      /** @description A partition that was dropped or emptied, or the table of which rows were deleted. */
      table: string
    }
    /**
     * @description A password chosen through a link.
     * @example {
     *       "newPassword": "otra clave, bien larga",
     *       "token": "vgl_…"
     *     }
     */
    LinkedPasswordBody: {
      /** @description Not among the first anybody tries, and without the e-mail address. */
      newPassword: string
      token: string
    }
    /** @description Something that went wrong. */
    LoggedError: {
      /**
       * Format: date-time
       * @description Of the last one, when several alike came.
       * @example 2025-01-08T18:00:00.000Z
       */
      at: string
      level: components['schemas']['LogLevel']
      message: string
      /** @description The module that said it. */
      target: string
      /**
       * Format: uint64
       * @description How many alike came one after the other.
       */
      times: number
    }
    /**
     * @description A login that succeeded.
     * @example {
     *       "expiresAt": "2025-02-07T18:00:00.000Z",
     *       "token": "vgs_7Yk…",
     *       "user": {
     *         "admin": false,
     *         "email": "ana@example.com",
     *         "expiresAt": "2025-02-07T18:00:00.000Z",
     *         "name": "Ana",
     *         "tenants": [
     *           {
     *             "role": "viewer",
     *             "tenant": "granix"
     *           }
     *         ]
     *       }
     *     }
     */
    Login: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string
      /** @description To be sent as `Authorization: Bearer …` by programs; a browser has the same in its cookie. */
      token: string
      user: components['schemas']['Me']
    }
    /**
     * @description What somebody types to log in.
     * @example {
     *       "email": "ana@example.com",
     *       "password": "mate amargo a las 5"
     *     }
     */
    LoginBody: {
      /** Format: email */
      email: string
      password: string
    }
    /** @enum {string} */
    LogLevel: 'WARN' | 'ERROR'
    /** @description How many entries match. */
    Matching: {
      /** @description Whether there are more than were counted. */
      atLeast: boolean
      /**
       * Format: int64
       * @description At most 10 000.
       */
      count: number
    }
    /**
     * @description Who is logged in.
     * @example {
     *       "admin": false,
     *       "email": "ana@example.com",
     *       "expiresAt": "2025-02-07T18:00:00.000Z",
     *       "name": "Ana",
     *       "tenants": [
     *         {
     *           "role": "viewer",
     *           "tenant": "granix"
     *         }
     *       ]
     *     }
     */
    Me: {
      /** @description An internal admin, over all tenants. */
      admin: boolean
      /** @description `None` for a key. */
      email: string | null
      /**
       * Format: date-time
       * @description When the session or key ends, if it does.
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string | null
      name: string | null
      tenants: components['schemas']['TenantRole'][]
    }
    /** @description `GET /metrics` with `Accept: application/json`. */
    MetricsSummary: {
      /**
       * Format: int64
       * @description Receipt of the last message in milliseconds since 1970; 0 before the first.
       */
      lastMessage: number
      mqttConnected: boolean
      /** Format: uint64 */
      mqttMessagesFailed: number
      /** Format: uint64 */
      mqttMessagesProcessed: number
      /** Format: uint64 */
      mqttMessagesReceived: number
      /**
       * Format: int64
       * @description Seconds since the process started.
       */
      uptime: number
      /** Format: int64 */
      wsConnections: number
    }
    /** @enum {string} */
    Mode: 'raw' | 'hourly' | 'both' | 'none'
    /** @description The connections to the broker. */
    MqttHealth: {
      connections: components['schemas']['ConnectionHealth'][]
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastMessageAt: string | null
      /**
       * Format: int64
       * @description Messages of all gateways that were sent and never arrived, by their own count (`bootId`, `seq`); as of the last
       *      half minute. Not by connection: over a shared subscription any of them may have been meant to bring it.
       */
      missingSeq: number
      /** @description `connected` when every connection is subscribed, `partial` when some are, otherwise `down`. */
      state: string
    }
    /** @description In which order of time. */
    Order: 'desc' | 'asc'
    /** @description Another rejection of the same message. */
    OtherRejection: {
      detail: string
      id: string
      reason: components['schemas']['RejectReason']
      /** @description The replay asked for, or else the last there was; null: there was none. */
      replay: components['schemas']['Replay'] | null
      /**
       * Format: int32
       * @description Which sample of the message, from 0; null when the whole message is meant.
       */
      sampleIndex: number | null
      status: components['schemas']['RejectionStatus']
    }
    /** @description A rule that matches and does not decide. */
    Overruled: {
      because: components['schemas']['Weakness']
      rule: components['schemas']['Rule']
    }
    /** @description A time of which samples are packed. */
    PackedSpan: {
      /**
       * Format: date-time
       * @description When packing it began, or ended.
       * @example 2025-01-08T18:00:00.000Z
       */
      at: string
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      from: string
      /**
       * Format: uint64
       * @description How many were packed, or are by now.
       */
      samples: number
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      to: string
    }
    /**
     * @description How far history is packed. What only the process that ingests knows is null in others; what only the database knows, while
     *      it is away.
     */
    PackingProgress: {
      /**
       * Format: uint64
       * @description `PACK_AFTER_SEC`; null where nothing is packed here.
       */
      afterSec: number | null
      /**
       * Format: date-time
       * @description When nothing was left to be packed last.
       * @example 2025-01-08T18:00:00.000Z
       */
      caughtUpAt: string | null
      /**
       * Format: int64
       * @description Days in which hours lie that are still to be packed.
       */
      daysBehind: number | null
      /**
       * Format: int64
       * @description Whole days between the two, less those behind.
       */
      daysPacked: number | null
      /**
       * Format: int64
       * @description Those hours.
       */
      hoursDue: number | null
      /**
       * Format: int64
       * @description Hours of which little is left, to be packed when their day is over.
       */
      hoursWaiting: number | null
      /** @description What was packed last; null: nothing since this process ingests. */
      last: components['schemas']['PackedSpan'] | null
      /** @description The last failure, also after it has passed. */
      lastError: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      oldestDue: string | null
      /**
       * Format: date-time
       * @description The oldest packed row begins here, or a little later.
       * @example 2025-01-08T18:00:00.000Z
       */
      packedFrom: string | null
      /**
       * Format: date-time
       * @description What lies before is packed, but for what is due; null: nothing ever was.
       * @example 2025-01-08T18:00:00.000Z
       */
      packedUpTo: string | null
      /** @description What is being packed now; null: nothing. */
      underWay: components['schemas']['PackedSpan'] | null
    }
    /**
     * @description Another password, by one who knows the present one.
     * @example {
     *       "currentPassword": "mate amargo a las 5",
     *       "newPassword": "otra clave, bien larga"
     *     }
     */
    PasswordBody: {
      currentPassword: string
      /** @description Not among the first anybody tries, and without the e-mail address. */
      newPassword: string
    }
    /** @description A link by which a person chooses a password. Shown once. */
    PasswordLink: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string
      url: string
    }
    /** @description A dashboard as it was: `version` and `updatedAt` are those of then. */
    PastDashboard: {
      /** @description What made this version. */
      change: components['schemas']['DashboardChange']
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** @description `https://…`, or a path of this server. */
      iconUrl: string | null
      /** Format: uuid */
      id: string
      name: string
      /** @description The PLC's name in its messages, such as `plc-03`. */
      plc: string
      /**
       * Format: uuid
       * @description The PLC's id, as in `/api/plcs`.
       */
      plcId: string
      /** @description What people call the PLC. */
      plcName: string | null
      /** @description The plant's code. */
      site: string
      /** @description The key of the widget, or the version that was restored. */
      subject: string | null
      /** @description The tenant's code. */
      tenant: string
      /**
       * Format: date-time
       * @description When this version was made.
       * @example 2025-01-08T18:00:00.000Z
       */
      updatedAt: string
      /** @description Who made it: e-mail, or the name of a key. Not shown to viewers. */
      updatedBy?: string | null
      /**
       * Format: int32
       * @description To be named in the next edit of the dashboard or of any of its widgets; raised by each.
       */
      version: number
      /** @description In reading order. */
      widgets: components['schemas']['Widget'][]
    }
    /**
     * @description A plant to be added.
     * @example {
     *       "name": "Planta Norte",
     *       "province": "ba",
     *       "site": "planta-1",
     *       "tenant": "granix",
     *       "timeZone": "America/Argentina/Buenos_Aires"
     *     }
     */
    PlantBody: {
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description The province level of its gateways' topics; never changed. */
      province: string
      /** @description The plant's code; never changed. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /**
       * @description IANA name; `UTC` when left out.
       * @default null
       */
      timeZone: string | null
    }
    /**
     * @description A plant as somebody changes one. What a client got it may send back.
     * @example {
     *       "name": "Planta Norte",
     *       "timeZone": "America/Argentina/Buenos_Aires",
     *       "version": 1
     *     }
     */
    PlantEdit: {
      /** @description Set by the server; passed over when it is sent back. */
      gateways?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description Set by the server; passed over when it is sent back. */
      plcs?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      province?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      site?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      tenant?: unknown
      /**
       * @description IANA name; left out, it stays.
       * @default null
       */
      timeZone: string | null
      /**
       * Format: int32
       * @description The version the edit started from; needed here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /**
     * @description A PLC.
     * @example {
     *       "id": "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21",
     *       "lastTs": "2025-01-08T18:00:00.000Z",
     *       "name": null,
     *       "plcId": "plc-03",
     *       "site": "planta-1",
     *       "tenant": "granix",
     *       "version": 1
     *     }
     */
    Plc: {
      /** Format: uuid */
      id: string
      /**
       * Format: date-time
       * @description The newest source time of any of its metrics.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastTs: string | null
      name: string | null
      plcId: string
      site: string
      tenant: string
      /**
       * Format: int32
       * @description To be named in the next edit.
       */
      version: number
    }
    /**
     * @description A PLC as somebody changes one: only its name is a person's to give. What a client got it may send back.
     * @example {
     *       "name": "Horno 3",
     *       "version": 1
     *     }
     */
    PlcEdit: {
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      lastTs?: unknown
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description Set by the server; passed over when it is sent back. */
      plcId?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      site?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      tenant?: unknown
      /**
       * Format: int32
       * @description The version the edit started from; needed here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description One page of a list. */
    PlcPage: {
      items: components['schemas']['Plc'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /**
     * @description The last value of each of its metrics.
     * @example {
     *       "lastTs": "2025-01-08T18:00:00.000Z",
     *       "plcId": "plc-03",
     *       "site": "planta-1",
     *       "tenant": "granix",
     *       "values": {
     *         "temp_head": {
     *           "dataType": "float",
     *           "quality": "GOOD",
     *           "ts": "2025-01-08T18:00:00.000Z",
     *           "unit": "celsius",
     *           "value": 83.2
     *         }
     *       }
     *     }
     */
    PlcState: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastTs: string | null
      plcId: string
      site: string
      tenant: string
      /** @description By metric. */
      values: {
        [key: string]: components['schemas']['StateValue']
      }
    }
    /** @description An error body. */
    Problem: {
      /** @description What a program may decide on; never renamed. */
      code: string
      /** @description For people: what is wrong this time. */
      detail: string
      /** @description One entry for each wrong field of a body. */
      errors?: components['schemas']['FieldProblem'][]
      /** @description The answer's `x-request-id`: by it the log tells of the request. */
      requestId?: string | null
      /**
       * Format: uint16
       * @description The HTTP status, repeated.
       */
      status: number
      /** @description For people; the same for every occurrence of the code. */
      title: string
      /** @description `urn:vigia:problem:<code>` */
      type: string
    } & {
      [key: string]: unknown
    }
    /** @enum {string} */
    ProcessRole: 'starting' | 'active' | 'standby'
    /** @description This process. */
    ProcessStatus: {
      /**
       * Format: uint64
       * @description Resident memory; null where the system does not tell.
       */
      memoryBytes: number | null
      role: components['schemas']['ProcessRole']
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      startedAt: string
      /** Format: int64 */
      uptimeSec: number
      /**
       * Format: int64
       * @description How many live feeds are open.
       */
      wsConnections: number
    }
    /** @enum {string} */
    Quality: 'GOOD' | 'UNCERTAIN' | 'BAD'
    /** @description The samples of a metric. Where nothing came for much longer than usual, all but the time is null. */
    RawColumns: {
      metricId: string
      qualities: (components['schemas']['Quality'] | null)[]
      /** @description Source times, in milliseconds since 1970. */
      times: number[]
      unit: string | null
      values: components['schemas']['Value'][]
    }
    /** @description One sample of the event history. */
    RawSample: {
      dataType: components['schemas']['DataType']
      metricId: string
      quality: components['schemas']['Quality']
      /**
       * Format: date-time
       * @description Source time.
       * @example 2025-01-08T18:00:00.000Z
       */
      ts: string
      unit: string | null
      value: components['schemas']['Value']
    }
    /** @description `GET /health/ready` when ready; otherwise it is a problem. */
    Ready: {
      /** @description `ready` */
      status: string
    }
    /** @description The gateway a topic names. */
    RejectedGateway: {
      /** @description Where it belongs now; null while it is not registered. */
      boundTo: components['schemas']['BoundTo'] | null
      gatewayId: string
      province: string
      site: string
      tenant: string
    }
    /**
     * @description A rejected message, or a rejected sample of a message.
     * @example {
     *       "detail": "plant is x, topic says planta-1",
     *       "id": "42",
     *       "payload": "{…}",
     *       "payloadEncoding": "utf-8",
     *       "reason": "topic_mismatch",
     *       "receivedAt": "2025-01-08T18:00:00.000Z",
     *       "replay": {
     *         "outcome": "rejected_again",
     *         "replayedAt": "2025-01-08T18:00:00.000Z",
     *         "requestedAt": null,
     *         "requestedBy": "ana@example.com",
     *         "state": "done"
     *       },
     *       "sampleIndex": null,
     *       "status": "open",
     *       "topic": "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry"
     *     }
     */
    Rejection: {
      /** @description What is wrong with it, for people. */
      detail: string
      id: string
      /** @description The whole message as received. */
      payload: string
      /** @description `utf-8`: `payload` is the text; `base64`: it was none. */
      payloadEncoding: string
      /** @description After a replay that failed, that of the replay. */
      reason: components['schemas']['RejectReason']
      /**
       * Format: date-time
       * @description When the broker brought it.
       * @example 2025-01-08T18:00:00.000Z
       */
      receivedAt: string
      /** @description The replay asked for, or else the last there was; null: there was none. */
      replay: components['schemas']['Replay'] | null
      /**
       * Format: int32
       * @description Which sample of the message, from 0; null when the whole message is meant.
       */
      sampleIndex: number | null
      status: components['schemas']['RejectionStatus']
      topic: string
    }
    /** @description How much was rejected for one reason, of one gateway, or in one hour. */
    RejectionCount: {
      /** @description With `by=gateway`; empty: names that are no gateway's, together. */
      gatewayId?: string | null
      /**
       * Format: date-time
       * @description With `by=hour`: its beginning.
       * @example 2025-01-08T18:00:00.000Z
       */
      hour?: string | null
      /**
       * Format: int64
       * @description How many of them were kept whole when they came.
       */
      kept: number
      /** @description With `by=reason`. */
      reason?: components['schemas']['RejectReason'] | null
      /**
       * Format: int64
       * @description What was only counted included.
       */
      total: number
    }
    /** @description How much was rejected. */
    RejectionCounts: {
      by: components['schemas']['CountedBy']
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      from: string
      /** @description Whether there are more items than are shown: the smallest are left out. */
      hasMore: boolean
      /** @description The largest first; hours in their order. */
      items: components['schemas']['RejectionCount'][]
      /**
       * Format: int64
       * @description How many of them were kept whole when they came; some may be gone by now.
       */
      kept: number
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      to: string
      /**
       * Format: int64
       * @description Of all of it, what was only counted included.
       */
      total: number
    }
    /**
     * @description An entry of the quarantine with what helps to understand it.
     * @example {
     *       "detail": "plant is x, topic says planta-1",
     *       "gateway": {
     *         "boundTo": {
     *           "site": "planta-1",
     *           "tenant": "granix"
     *         },
     *         "gatewayId": "granix-ba-gw-01",
     *         "province": "ba",
     *         "site": "planta-1",
     *         "tenant": "granix"
     *       },
     *       "id": "42",
     *       "others": [],
     *       "othersTotal": 0,
     *       "payload": "{…}",
     *       "payloadEncoding": "utf-8",
     *       "reason": "topic_mismatch",
     *       "receivedAt": "2025-01-08T18:00:00.000Z",
     *       "replay": {
     *         "outcome": "rejected_again",
     *         "replayedAt": "2025-01-08T18:00:00.000Z",
     *         "requestedAt": null,
     *         "requestedBy": "ana@example.com",
     *         "state": "done"
     *       },
     *       "sample": null,
     *       "sampleIndex": null,
     *       "status": "open",
     *       "topic": "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry"
     *     }
     */
    RejectionDetail: {
      /** @description What is wrong with it, for people. */
      detail: string
      /** @description Who the topic says sent it; null when the topic has another form. */
      gateway: components['schemas']['RejectedGateway'] | null
      id: string
      /** @description Other rejections of the same message, the first hundred. */
      others: components['schemas']['OtherRejection'][]
      /**
       * Format: int64
       * @description How many others there are.
       */
      othersTotal: number
      /** @description The whole message as received. */
      payload: string
      /** @description `utf-8`: `payload` is the text; `base64`: it was none. */
      payloadEncoding: string
      /** @description After a replay that failed, that of the replay. */
      reason: components['schemas']['RejectReason']
      /**
       * Format: date-time
       * @description When the broker brought it.
       * @example 2025-01-08T18:00:00.000Z
       */
      receivedAt: string
      /** @description The replay asked for, or else the last there was; null: there was none. */
      replay: components['schemas']['Replay'] | null
      /** @description The sample meant, as it stands in the message; null when the whole message is meant or it cannot be read. */
      sample: unknown
      /**
       * Format: int32
       * @description Which sample of the message, from 0; null when the whole message is meant.
       */
      sampleIndex: number | null
      status: components['schemas']['RejectionStatus']
      topic: string
    }
    /** @description A page of the quarantine. */
    RejectionPage: {
      items: components['schemas']['Rejection'][]
      /** @description With `count=true`: how many match, on all pages. */
      matching?: components['schemas']['Matching'] | null
      /** @description Give it back as `cursor` for the next page; null on the last one. */
      nextCursor: string | null
    }
    /** @enum {string} */
    RejectionStatus: 'open' | 'requested' | 'replayed'
    /** @enum {string} */
    RejectReason:
      | 'payload_too_large'
      | 'not_json'
      | 'missing_field'
      | 'invalid_field'
      | 'invalid_identifier'
      | 'unsupported_schema_version'
      | 'unknown_type'
      | 'value_type_mismatch'
      | 'topic_mismatch'
      | 'gateway_moved'
      | 'timestamp_out_of_range'
      | 'conflicting_duplicate'
      | 'not_provisioned'
      | 'series_limit'
      | 'storage_refused'
    /** @description What removing many entries came to. */
    RemovedRejections: {
      /** Format: uint64 */
      deleted: number
      /** @description Whether more may match than `limit` let through. */
      hasMore: boolean
    }
    /**
     * @description Another order of the same widgets.
     * @example {
     *       "order": [
     *         "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21"
     *       ],
     *       "version": 3
     *     }
     */
    ReorderBody: {
      /** @description The id of every widget of the dashboard, once. */
      order: string[]
      /**
       * Format: int32
       * @description The version the edit started from, here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description Taking a quarantined message once more. */
    Replay: {
      /** @description Null while it is not done. */
      outcome: components['schemas']['ReplayOutcome'] | null
      /**
       * Format: date-time
       * @description When it was done.
       * @example 2025-01-08T18:00:00.000Z
       */
      replayedAt: string | null
      /**
       * Format: date-time
       * @description When it was asked for; null once it is done.
       * @example 2025-01-08T18:00:00.000Z
       */
      requestedAt: string | null
      /** @description E-mail of who asked for it. */
      requestedBy: string
      state: components['schemas']['ReplayState']
    }
    /**
     * @description Which entries are to be replayed: those named, or those that match; one or the other.
     * @example {
     *       "limit": 10000,
     *       "reason": "not_provisioned",
     *       "topic": "factory/granix/*"
     *     }
     */
    ReplayBody: {
      /** @description Received at or after. */
      from?: string | null
      /** @description A gateway, by its level of the topic. */
      gateway?: string | null
      ids?: string[] | null
      /**
       * Format: int32
       * @description How many at most, those first that were never replayed.
       * @default null
       */
      limit: number | null
      reason?: components['schemas']['RejectReason'] | null
      /** @description Received before. */
      to?: string | null
      /** @description A topic, exact or with `*` for any run of characters. */
      topic?: string | null
    }
    /** @enum {string} */
    ReplayOutcome: 'stored' | 'duplicate' | 'not_kept' | 'rejected_again' | 'given_up'
    /** @enum {string} */
    ReplayState: 'requested' | 'done'
    /** @description The backups in one repository. */
    RepositoryBackups: {
      /**
       * Format: int64
       * @description What the last good one took there.
       */
      bytes: number | null
      lastError: string | null
      lastKind: components['schemas']['BackupKind'] | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastSuccessAt: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastVerifiedAt: string | null
      repository: components['schemas']['BackupRepository']
    }
    /** @description What asking for many replays came to, counted in entries. */
    RequestedReplays: {
      /** @description Whether more may match than `limit` let through. */
      hasMore: boolean
      /**
       * Format: int64
       * @description Found, of those named or matching.
       */
      matched: number
      /**
       * Format: int64
       * @description Messages those asked for now belong to; a message is replayed as a whole.
       */
      messages: number
      /**
       * Format: int64
       * @description Stored by an earlier replay: nothing is to be done.
       */
      replayed: number
      /**
       * Format: int64
       * @description Asked for now.
       */
      requested: number
      /**
       * Format: int64
       * @description Asked for before and still to be done.
       */
      waiting: number
    }
    /**
     * @description Which of the two histories is asked for.
     * @enum {string}
     */
    Resolution: 'raw' | 'hourly' | 'auto'
    /**
     * @description A former version to be the present one again.
     * @example {
     *       "version": 3
     *     }
     */
    RestoreBody: {
      /**
       * Format: int32
       * @description The present version, here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description How long history stays. What only the process that ingests knows is null in others. */
    RetentionInEffect: {
      /**
       * Format: date-time
       * @description Nothing goes by its age before, because rules or days were changed; null: it does.
       * @example 2025-01-08T18:00:00.000Z
       */
      heldUntil: string | null
      /**
       * Format: int32
       * @description `HOURLY_RETENTION_DAYS`, where no rule says otherwise; null: for ever.
       */
      hourlyDays: number | null
      /** @description Something that is to go is still there. */
      isLeft: boolean | null
      /** @description The last failure, also after it has passed. */
      lastError: string | null
      /** @description What was let go last; null: nothing since this process ingests. */
      lastLetGo: components['schemas']['LetGoStatus'] | null
      /**
       * Format: date-time
       * @description When it was last looked what has become too old.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastRunAt: string | null
      /**
       * Format: int64
       * @description `STORAGE_MAX_BYTES`; null: there is no limit, or this process does not ingest.
       */
      maxBytes: number | null
      /**
       * Format: date-time
       * @description When that is looked at again. Whether the room does is looked at every minute.
       * @example 2025-01-08T18:00:00.000Z
       */
      nextRunAt: string | null
      /**
       * Format: int32
       * @description `RAW_RETENTION_DAYS`, where no rule says otherwise; null: for ever.
       */
      rawDays: number | null
    }
    /** @enum {string} */
    RetentionSource: 'rule' | 'setting'
    /** @enum {string} */
    Role: 'viewer' | 'operator' | 'tenant_admin'
    /** @enum {string} */
    RotationState: 'none' | 'waiting' | 'trying' | 'failed'
    /**
     * @description A persistence rule.
     * @example {
     *       "createdAt": "2025-01-08T18:00:00.000Z",
     *       "enabled": true,
     *       "gatewayId": "*",
     *       "hourlyRetentionDays": null,
     *       "id": "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21",
     *       "metricId": "temp_*",
     *       "mode": "both",
     *       "name": "temperatures",
     *       "plant": "*",
     *       "plcId": "*",
     *       "priority": 100,
     *       "province": "*",
     *       "rawRetentionDays": 90,
     *       "tenant": "*",
     *       "version": 1
     *     }
     */
    Rule: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      enabled: boolean
      gatewayId: string
      /**
       * Format: int32
       * @description How long hourly rows stay; null: as long as `HOURLY_RETENTION_DAYS` says.
       */
      hourlyRetentionDays: number | null
      /** Format: uuid */
      id: string
      metricId: string
      mode: components['schemas']['Mode']
      name: string
      plant: string
      plcId: string
      /**
       * Format: int32
       * @description The higher one wins.
       */
      priority: number
      province: string
      /**
       * Format: int32
       * @description How long samples stay; null: as long as `RAW_RETENTION_DAYS` says.
       */
      rawRetentionDays: number | null
      /** @description How many series it has to do with; only in a list with `counts=true`. */
      series?: components['schemas']['RuleSeries'] | null
      tenant: string
      /**
       * Format: int32
       * @description To be named in the next edit.
       */
      version: number
    }
    /**
     * @description A rule as somebody writes it. A field that is not named here is an error: a mistyped `metricId` would otherwise
     *      be a rule for every metric. What a client got (`id`, `createdAt`) it may send back; the server's own holds.
     * @example {
     *       "metricId": "temp_*",
     *       "mode": "both",
     *       "name": "temperatures",
     *       "priority": 100
     *     }
     */
    RuleBody: {
      /** @description Set by the server; passed over when it is sent back. */
      createdAt?: unknown
      /** @default true */
      enabled: boolean
      /** @default * */
      gatewayId: string
      /**
       * Format: int32
       * @description How long hourly rows stay; null: as long as `HOURLY_RETENTION_DAYS` says.
       * @default null
       */
      hourlyRetentionDays: number | null
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /** @default * */
      metricId: string
      mode: components['schemas']['Mode']
      name: string
      /** @default * */
      plant: string
      /** @default * */
      plcId: string
      /**
       * Format: int32
       * @default 100
       */
      priority: number
      /** @default * */
      province: string
      /**
       * Format: int32
       * @description How long samples stay; null: as long as `RAW_RETENTION_DAYS` says.
       * @default null
       */
      rawRetentionDays: number | null
      /** @description Set by the server; passed over when it is sent back. */
      series?: unknown
      /** @default * */
      tenant: string
      /**
       * Format: int32
       * @description The version the edit started from; needed to update, here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description The rules in order of priority. */
    RulePage: {
      /** @description With `counts=true`. */
      counted?: components['schemas']['CountedSeries'] | null
      /** @description What holds where no rule matches. */
      defaultMode: components['schemas']['Mode']
      /** @description How long what is kept stays where the deciding rule does not say. */
      defaultRetention: components['schemas']['DefaultRetention']
      items: components['schemas']['Rule'][]
      nextCursor: string | null
    }
    /** @description How many series a rule has to do with. Those of which something came are counted by the gateway that sent the newest sample. */
    RuleSeries: {
      /**
       * Format: uint64
       * @description Those for which it decides.
       */
      decided: number
      /**
       * Format: uint64
       * @description Those it matches, also while it is disabled.
       */
      matched: number
    }
    /** @description A widget that was just written. Sent back to edit it again, it names the right version. */
    SavedWidget: {
      dataType: components['schemas']['DataType'] | null
      /** Format: uuid */
      id: string
      label: string
      layout: components['schemas']['Layout']
      /** @description The metric of the PLC it shows; null where the type shows none, or several. */
      metricId: string | null
      /** @description A JSON object, letter by letter as it was sent. */
      options: {
        [key: string]: unknown
      }
      type: components['schemas']['WidgetKind']
      unit: string | null
      /**
       * Format: int32
       * @description The version the dashboard has now.
       */
      version: number
      /** @description Unique on its dashboard. */
      widgetKey: string
    }
    /** @description The names that rules match. */
    SeriesNames: {
      gatewayId: string
      metricId: string
      plcId: string
      province: string
      site: string
      tenant: string
    }
    /** @description What the server says. */
    ServerMessage:
      | (components['schemas']['TelemetryMessage'] & {
          /** @constant */
          type: 'telemetry'
        })
      | (components['schemas']['GatewayMessage'] & {
          /** @constant */
          type: 'gateway'
        })
      | (components['schemas']['AlarmMessage'] & {
          /** @constant */
          type: 'alarm'
        })
      | {
          /**
           * Format: uint64
           * @description Alarms among them that it was told nothing of: to be read from `/api/alarms`.
           */
          alarms?: number
          /**
           * Format: uint64
           * @description How many.
           */
          missed: number
          /** @constant */
          type: 'lagged'
        }
      | {
          /** @constant */
          type: 'tick'
        }
      | {
          code: string
          detail: string
          /** @constant */
          type: 'error'
        }
    /** @description A login that still holds. */
    Session: {
      address: string
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** @description The one that asks. */
      current: boolean
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      expiresAt: string
      /** Format: uuid */
      id: string
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      lastUsedAt: string
      userAgent: string
    }
    /** @description One page of a list. */
    SessionPage: {
      items: components['schemas']['Session'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @enum {string} */
    Severity: 'critical' | 'high' | 'medium' | 'low'
    /** @description How many by severity. */
    SeverityCounts: {
      /** Format: int64 */
      critical: number
      /** Format: int64 */
      high: number
      /** Format: int64 */
      low: number
      /** Format: int64 */
      medium: number
    }
    /** @description A plant. */
    Site: {
      /**
       * Format: int64
       * @description How many gateways are bound to it.
       */
      gateways: number
      /** Format: uuid */
      id: string
      name: string | null
      /**
       * Format: int64
       * @description How many PLCs it has.
       */
      plcs: number
      province: string
      /** @description The plant's code. */
      site: string
      tenant: string
      /** @description IANA name. */
      timeZone: string
      /**
       * Format: int32
       * @description To be named in the next edit.
       */
      version: number
    }
    /** @description One page of a list. */
    SitePage: {
      items: components['schemas']['Site'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description The disk buffer for messages that the database cannot take now. */
    SpoolHealth: {
      /**
       * Format: uint64
       * @description What they count against `maxBytes`.
       */
      bytes: number
      /**
       * Format: uint64
       * @description Seconds until it is empty, at the rate of the last seconds.
       */
      drainEstimateSec: number | null
      /**
       * Format: uint64
       * @description Messages waiting.
       */
      entries: number
      /** @description The last refusal, also after it has passed. */
      lastError: string | null
      /** Format: uint64 */
      maxBytes: number
      /**
       * Format: date-time
       * @description When the message that waits longest was received.
       * @example 2025-01-08T18:00:00.000Z
       */
      oldestReceivedAt: string | null
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      since: string
      /**
       * @description `empty`, `filling` (the database is away), `draining`, `full` or `failed` (no messages are taken), `closed` (not
       *      open yet, or another process has it).
       */
      state: string
    }
    /** @description The last value of a metric. */
    StateValue: {
      dataType: components['schemas']['DataType']
      quality: components['schemas']['Quality']
      /**
       * Format: date-time
       * @description Source time.
       * @example 2025-01-08T18:00:00.000Z
       */
      ts: string
      unit: string | null
      value: components['schemas']['Value']
    }
    /** @description The room that history takes, and how long it will do. As of the last minute; what a day adds, as of the last hour. */
    StorageHealth: {
      /**
       * Format: int64
       * @description What the database takes, without room in it that deleted hourly rows left.
       */
      bytes: number
      /**
       * Format: int64
       * @description What the last full day added.
       */
      bytesPerDay: number
      /**
       * Format: int64
       * @description Until `maxBytes` is reached, if each day adds as much; null: it never is.
       */
      daysLeft: number | null
      /**
       * Format: date-time
       * @description Hourly rows before were dropped for want of room; null: none were.
       * @example 2025-01-08T18:00:00.000Z
       */
      hourlyFrom: string | null
      /**
       * Format: int64
       * @description `STORAGE_MAX_BYTES`; null: there is no limit. When it is reached the oldest samples go, and after them the oldest
       *      hourly rows.
       */
      maxBytes: number | null
      /**
       * Format: date-time
       * @description Samples before were dropped, of every series; null: none were.
       * @example 2025-01-08T18:00:00.000Z
       */
      rawFrom: string | null
      /**
       * @description `ok`; `filling` when more than 80 % of `maxBytes` are taken or fewer than 30 days are left; `full` when more is taken
       *      and nothing is left that may go.
       */
      state: string
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      weighedAt: string
    }
    /** @description One filter of a connection. */
    SubscriptionHealth: {
      filter: string
      /** @description `pending`, `granted`, or `refused: ` and the reason. */
      state: string
    }
    /** @enum {string} */
    SystemState: 'ok' | 'degraded'
    /**
     * @description The status board. What concerns all customers alike is there for internal admins only; a tenant's own admin sees his
     *      tenants and whether all is well.
     */
    SystemStatus: {
      /** @description Null for the admin of a tenant, and until it was looked at. */
      backup: components['schemas']['BackupStatus'] | null
      /** @description How far replaced certificate files have come. Null for the admin of a tenant. */
      certificateRotation: components['schemas']['CertificateRotation'] | null
      /**
       * @description The certificates of the connection to the broker and of the page, as far as they are known. Empty for the admin of a
       *      tenant.
       */
      certificates: components['schemas']['CertificateStatus'][]
      /** @description The commit it was made from, the first twelve digits of it; or `unknown`. */
      commit: string
      /** @description Null for the admin of a tenant. */
      database: components['schemas']['DatabaseStatus'] | null
      /** @description The last warnings and errors of the log, the newest first. Empty for the admin of a tenant. */
      errors: components['schemas']['LoggedError'][]
      /** @description Null for the admin of a tenant. */
      ingest: components['schemas']['IngestStatus'] | null
      /** @description The connections to the broker. Null for the admin of a tenant. */
      mqtt: components['schemas']['MqttHealth'] | null
      /** @description What is not ready: `stopping`, `starting`, `standby`, `database`, `spool`, `mqtt`. */
      notReady: string[]
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      now: string
      /** @description Null for the admin of a tenant. */
      packing: components['schemas']['PackingProgress'] | null
      /** @description Null for the admin of a tenant. */
      process: components['schemas']['ProcessStatus'] | null
      /** @description Null for the admin of a tenant. */
      retention: components['schemas']['RetentionInEffect'] | null
      /** @description Null for the admin of a tenant. */
      spool: components['schemas']['SpoolHealth'] | null
      /** @description `ok`, or `degraded` when something is not ready. */
      status: components['schemas']['SystemState']
      /** @description How long the room for history will do. Null for the admin of a tenant, and in a process that does not ingest. */
      storage: components['schemas']['StorageHealth'] | null
      /** @description The tenants the caller manages, by code; the first thousand. Null while the database is away. */
      tenants: components['schemas']['TenantStatus'][] | null
      version: string
    }
    /** @description A table with its indexes and partitions. */
    TableSize: {
      /** Format: int64 */
      bytes: number
      name: string
      /**
       * Format: int64
       * @description About.
       */
      rows: number
    }
    /** @description What a question about history is answered with. */
    Telemetry: components['schemas']['TelemetryPage'] | components['schemas']['TelemetryColumns']
    /**
     * @description A chart, a list for each metric and figure. All lists of one metric are of the same length.
     * @example {
     *       "bucketSeconds": 3600,
     *       "columns": [
     *         {
     *           "avg": [
     *             82.7,
     *             82.9
     *           ],
     *           "count": [
     *             3600,
     *             3600
     *           ],
     *           "max": [
     *             84.1,
     *             85
     *           ],
     *           "metricId": "temp_head",
     *           "min": [
     *             81,
     *             80.5
     *           ],
     *           "nonGood": [
     *             0,
     *             0
     *           ],
     *           "source": "samples",
     *           "times": [
     *             1736359200000,
     *             1736362800000
     *           ],
     *           "unit": "celsius"
     *         }
     *       ],
     *       "from": "2025-01-08T18:00:00.000Z",
     *       "layout": "columns",
     *       "method": "minMaxAvg",
     *       "resolution": "buckets",
     *       "samples": 7200,
     *       "timeZone": "America/Argentina/Buenos_Aires",
     *       "to": "2025-01-08T20:00:00.000Z"
     *     }
     */
    TelemetryColumns:
      | {
          columns: components['schemas']['RawColumns'][]
          layout: components['schemas']['ColumnsWord']
          /** @constant */
          resolution: 'raw'
        }
      | {
          /**
           * Format: double
           * @description How long a bucket is; days and longer ones vary with the calendar and the time zone.
           */
          bucketSeconds: number
          columns: components['schemas']['BucketColumns'][]
          /**
           * Format: date-time
           * @description The first bucket's start: in it is the first of what there is in the span asked for.
           * @example 2025-01-08T18:00:00.000Z
           */
          from: string
          layout: components['schemas']['ColumnsWord']
          method: components['schemas']['BucketMethod']
          /** @constant */
          resolution: 'buckets'
          /**
           * Format: int64
           * @description How many samples all buckets stand for.
           */
          samples: number
          /** @description IANA name. */
          timeZone: string
          /**
           * Format: date-time
           * @description The last bucket's end: in it is the last of what there is.
           * @example 2025-01-08T18:00:00.000Z
           */
          to: string
        }
    /** @description The present values of a PLC (first), or those that changed. */
    TelemetryMessage: {
      /** @description Where the client does not know it yet. */
      dataType?: {
        [key: string]: components['schemas']['DataType']
      }
      plcId: string
      quality: {
        [key: string]: components['schemas']['Quality']
      }
      site: string
      tenant: string
      /** @description A metric's own time wherever it differs from `ts`. */
      times?: {
        [key: string]: number
      }
      /**
       * Format: int64
       * @description The newest source time among `values`, in milliseconds since 1970.
       */
      ts: number
      /** @description Where the client does not know it yet; null when a metric lost its unit. */
      unit?: {
        [key: string]: string | null
      }
      values: {
        [key: string]: components['schemas']['Value']
      }
    }
    /**
     * @description A page of history, in the resolution it names.
     * @example {
     *       "items": [
     *         {
     *           "dataType": "float",
     *           "metricId": "temp_head",
     *           "quality": "GOOD",
     *           "ts": "2025-01-08T18:00:00.000Z",
     *           "unit": "celsius",
     *           "value": 83.2
     *         }
     *       ],
     *       "nextCursor": null,
     *       "resolution": "raw"
     *     }
     */
    TelemetryPage:
      | {
          items: components['schemas']['RawSample'][]
          nextCursor: string | null
          /** @constant */
          resolution: 'raw'
        }
      | {
          items: components['schemas']['HourlyRow'][]
          nextCursor: string | null
          /** @constant */
          resolution: 'hourly'
        }
      | {
          /**
           * Format: double
           * @description How long a bucket is; days and longer ones vary with the calendar and the time zone.
           */
          bucketSeconds: number
          /**
           * Format: date-time
           * @description The first bucket's start: in it is the first of what there is in the span asked for.
           * @example 2025-01-08T18:00:00.000Z
           */
          from: string
          items: components['schemas']['BucketRow'][]
          method: components['schemas']['BucketMethod']
          /** @description Always null: buckets come all at once. */
          nextCursor: string | null
          /** @constant */
          resolution: 'buckets'
          /**
           * Format: int64
           * @description How many samples all buckets stand for.
           */
          samples: number
          /** @description IANA name. */
          timeZone: string
          /**
           * Format: date-time
           * @description The last bucket's end: in it is the last of what there is.
           * @example 2025-01-08T18:00:00.000Z
           */
          to: string
        }
    /** @description A customer. */
    Tenant: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** Format: int64 */
      gateways: number
      /** Format: uuid */
      id: string
      name: string | null
      /** Format: int64 */
      plants: number
      /** Format: int64 */
      series: number
      tenant: string
      /**
       * Format: int32
       * @description To be named in the next edit.
       */
      version: number
    }
    /**
     * @description A customer to be added.
     * @example {
     *       "name": "Granix S.A.",
     *       "tenant": "granix"
     *     }
     */
    TenantBody: {
      /** @default null */
      name: string | null
      /** @description The tenant level of the topics; never changed. */
      tenant: string
    }
    /**
     * @description A customer as somebody changes one. What a client got it may send back.
     * @example {
     *       "name": "Granix S.A.",
     *       "version": 1
     *     }
     */
    TenantEdit: {
      /** @description Set by the server; passed over when it is sent back. */
      createdAt?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      gateways?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /**
       * @description For people.
       * @default null
       */
      name: string | null
      /** @description Set by the server; passed over when it is sent back. */
      plants?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      series?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      tenant?: unknown
      /**
       * Format: int32
       * @description The version the edit started from; needed here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description One page of a list. */
    TenantPage: {
      items: components['schemas']['Tenant'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /** @description A role in a tenant. */
    TenantRole: {
      role: components['schemas']['Role']
      tenant: string
    }
    /** @description The same as somebody writes it. */
    TenantRoleBody: {
      role: components['schemas']['Role']
      tenant: string
    }
    /** @description What a customer has and sends. */
    TenantStatus: {
      /**
       * Format: int64
       * @description What its last full day added to the database, as of the last hour; null in a process that does not ingest.
       */
      bytesPerDay: number | null
      /** Format: int64 */
      gateways: number
      /** Format: int64 */
      gatewaysOnline: number
      name: string | null
      /** Format: int64 */
      plants: number
      /**
       * Format: uint64
       * @description Samples received in the last day, or since this process started; 0 in one that stands by.
       */
      samplesLastDay: number
      /** Format: int64 */
      series: number
      /**
       * Format: double
       * @description Which part of what all tenants add that is, from 0 to 1. Null for the admin of a tenant.
       */
      storageShare: number | null
      tenant: string
    }
    /** @description A series for which another mode would hold. */
    TouchedSeries: {
      after: components['schemas']['Mode']
      before: components['schemas']['Mode']
      /** @description The rule that decides now; null where the default holds. */
      decidedBy: string | null
      gatewayId: string
      metricId: string
      plcId: string
      province: string
      /** Format: int64 */
      samplesPerDay: number
      site: string
      tenant: string
    }
    /** @description A dashboard that came from elsewhere. */
    TransferredDashboard: {
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      /** @description `https://…`, or a path of this server. */
      iconUrl: string | null
      /** Format: uuid */
      id: string
      name: string
      /** @description The PLC's name in its messages, such as `plc-03`. */
      plc: string
      /**
       * Format: uuid
       * @description The PLC's id, as in `/api/plcs`.
       */
      plcId: string
      /** @description What people call the PLC. */
      plcName: string | null
      /** @description The plant's code. */
      site: string
      /** @description The tenant's code. */
      tenant: string
      /** @description Widgets whose `metricId` this PLC has never sent. Metrics named in `options` are not looked at. */
      unknownMetrics: components['schemas']['UnknownMetric'][]
      /**
       * Format: date-time
       * @description When this version was made.
       * @example 2025-01-08T18:00:00.000Z
       */
      updatedAt: string
      /** @description Who made it: e-mail, or the name of a key. Not shown to viewers. */
      updatedBy?: string | null
      /**
       * Format: int32
       * @description To be named in the next edit of the dashboard or of any of its widgets; raised by each.
       */
      version: number
      /** @description In reading order. */
      widgets: components['schemas']['Widget'][]
    }
    /** @description A widget that shows nothing on this PLC, so far. */
    UnknownMetric: {
      metricId: string
      widgetKey: string
    }
    /** @enum {string} */
    UpOrDown: 'up' | 'down'
    /** @description A person with an account. */
    User: {
      /** @description An internal admin: among `ADMIN_EMAILS`, with a password that came by a link of one or of the command line. */
      admin: boolean
      /**
       * Format: date-time
       * @example 2025-01-08T18:00:00.000Z
       */
      createdAt: string
      disabled: boolean
      email: string
      /** Format: uuid */
      id: string
      /**
       * Format: date-time
       * @description `null`: not since the caller's tenants know the person.
       * @example 2025-01-08T18:00:00.000Z
       */
      lastLoginAt: string | null
      name: string | null
      /** @description Roles in the tenants the caller manages. */
      tenants: components['schemas']['TenantRole'][]
      /** Format: int32 */
      version: number
    }
    /**
     * @description A user as somebody writes one. What a client got it may send back.
     * @example {
     *       "email": "ana@example.com",
     *       "name": "Ana",
     *       "tenants": [
     *         {
     *           "role": "operator",
     *           "tenant": "granix"
     *         }
     *       ]
     *     }
     */
    UserBody: {
      /** @description Set by the server; passed over when it is sent back. */
      admin?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      createdAt?: unknown
      /**
       * @description Cannot log in, nor choose a password. By internal admins: of a tenant admin it is refused in a new user, and changes
       *      nothing in another.
       * @default false
       */
      disabled: boolean
      /**
       * Format: email
       * @description In whatever case; kept in lower case.
       */
      email: string
      /** @description Set by the server; passed over when it is sent back. */
      id?: unknown
      /** @description Set by the server; passed over when it is sent back. */
      lastLoginAt?: unknown
      /** @default null */
      name: string | null
      tenants?: components['schemas']['TenantRoleBody'][]
      /**
       * Format: int32
       * @description The version the edit started from; needed to update, here or as `If-Match`.
       * @default null
       */
      version: number | null
    }
    /** @description One page of a list. */
    UserPage: {
      items: components['schemas']['User'][]
      /** @description To be sent back as `cursor` for the next page; null on the last one. Opaque. */
      nextCursor: string | null
    }
    /**
     * @description A measured value: integers with all their digits (up to 64 bits), floats in their shortest exact form, null where the gateway sent none.
     * @example 83.2
     */
    Value: number | boolean | string | null
    /** @enum {string} */
    Weakness: 'lower_priority' | 'less_specific' | 'older' | 'disabled'
    /** @description A part of a dashboard. */
    Widget: {
      dataType: components['schemas']['DataType'] | null
      /** Format: uuid */
      id: string
      label: string
      layout: components['schemas']['Layout']
      /** @description The metric of the PLC it shows; null where the type shows none, or several. */
      metricId: string | null
      /** @description A JSON object, letter by letter as it was sent. */
      options: {
        [key: string]: unknown
      }
      type: components['schemas']['WidgetKind']
      unit: string | null
      /** @description Unique on its dashboard. */
      widgetKey: string
    }
    /**
     * @description A widget as somebody writes it.
     * @example {
     *       "dataType": "float",
     *       "label": "Level",
     *       "metricId": "level",
     *       "type": "bar",
     *       "unit": "%",
     *       "version": 3
     *     }
     */
    WidgetBody: {
      /** @default null */
      dataType: components['schemas']['DataType'] | null
      /**
       * Format: uuid
       * @description Which widget of the dashboard is meant; none for a new one.
       * @default null
       */
      id: string | null
      /** @default null */
      label: string | null
      /** @description Left out: where it stands, or below all others. */
      layout?: components['schemas']['LayoutBody'] | null
      /**
       * @description Needed by types that show one metric.
       * @default null
       */
      metricId: string | null
      /**
       * @description A JSON object of at most 16 KiB.
       * @default null
       */
      options: {
        [key: string]: unknown
      } | null
      type: components['schemas']['WidgetKind']
      /** @default null */
      unit: string | null
      /**
       * Format: int32
       * @description The version of the dashboard the edit started from, where the widget is written alone.
       * @default null
       */
      version: number | null
      /**
       * @description Unique on its dashboard. Left out: the one it has, or the next free of `w1`, `w2`, …
       * @default null
       */
      widgetKey: string | null
    }
    /** @description All of a widget but its id: what another dashboard may have too. */
    WidgetContent: {
      dataType: components['schemas']['DataType'] | null
      label: string
      layout: components['schemas']['Layout']
      /** @description The metric of the PLC it shows; null where the type shows none, or several. */
      metricId: string | null
      /** @description A JSON object, letter by letter as it was sent. */
      options: {
        [key: string]: unknown
      }
      type: components['schemas']['WidgetKind']
      unit: string | null
      /** @description Unique on its dashboard. */
      widgetKey: string
    }
    /** @enum {string} */
    WidgetKind:
      | 'value'
      | 'bar'
      | 'gauge'
      | 'trend'
      | 'sparkline'
      | 'lamp'
      | 'state_text'
      | 'table'
      | 'alarm_list'
      | 'gateway_status'
      | 'camera_snapshot'
      | 'text'
  }
  responses: {
    /** @description `already_exists`: Exists already */
    already_exists: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `already_exists`: Exists already
     *
     *     `limit_reached`: As many as there may be
     */
    'already_exists.limit_reached': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `ambiguous_site`: Which tenant's plant? */
    ambiguous_site: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `forbidden`: Not allowed
     *
     *     `host_not_allowed`: Unknown host name
     */
    'forbidden.host_not_allowed': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `forbidden`: Not allowed
     *
     *     `host_not_allowed`: Unknown host name
     *
     *     `origin_not_allowed`: Unknown origin
     */
    'forbidden.host_not_allowed.origin_not_allowed': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `host_not_allowed`: Unknown host name */
    host_not_allowed: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `host_not_allowed`: Unknown host name
     *
     *     `origin_not_allowed`: Unknown origin
     */
    'host_not_allowed.origin_not_allowed': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `internal_error`: Internal error */
    internal_error: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `invalid_body`: The body is not valid */
    invalid_body: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `invalid_credentials`: E-mail or password is wrong */
    invalid_credentials: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `invalid_json`: The body is not JSON */
    invalid_json: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `invalid_path`: The path is not valid */
    invalid_path: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_path`: The path is not valid
     *
     *     `invalid_header`: A header is not valid
     *
     *     `invalid_json`: The body is not JSON
     */
    'invalid_path.invalid_header.invalid_json': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_path`: The path is not valid
     *
     *     `invalid_json`: The body is not JSON
     */
    'invalid_path.invalid_json': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `invalid_query`: The query is not valid */
    invalid_query: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_cursor`: The cursor is not valid
     */
    'invalid_query.invalid_cursor': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_json`: The body is not JSON
     */
    'invalid_query.invalid_json': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_path`: The path is not valid
     */
    'invalid_query.invalid_path': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_path`: The path is not valid
     *
     *     `invalid_cursor`: The cursor is not valid
     */
    'invalid_query.invalid_path.invalid_cursor': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_path`: The path is not valid
     *
     *     `invalid_header`: A header is not valid
     */
    'invalid_query.invalid_path.invalid_header': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `invalid_query`: The query is not valid
     *
     *     `invalid_path`: The path is not valid
     *
     *     `invalid_header`: A header is not valid
     *
     *     `invalid_json`: The body is not JSON
     */
    'invalid_query.invalid_path.invalid_header.invalid_json': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `link_expired`: The link holds no more */
    link_expired: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `login_required`: Who are you? */
    login_required: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `login_required`: Who are you?
     *
     *     `invalid_credentials`: E-mail or password is wrong
     */
    'login_required.invalid_credentials': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `not_found`: Not found */
    not_found: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `overloaded`: Too busy
     *
     *     `not_ready`: Not ready
     *
     *     `timeout`: Took too long
     *
     *     `database_unavailable`: The database is away
     */
    'overloaded.not_ready.timeout.database_unavailable': {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `overloaded`: Too busy
     *
     *     `timeout`: Took too long
     */
    'overloaded.timeout': {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `overloaded`: Too busy
     *
     *     `timeout`: Took too long
     *
     *     `database_unavailable`: The database is away
     */
    'overloaded.timeout.database_unavailable': {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `payload_too_large`: The body is too large */
    payload_too_large: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `stale_version`: Changed meanwhile */
    stale_version: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `stale_version`: Changed meanwhile
     *
     *     `already_exists`: Exists already
     */
    'stale_version.already_exists': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `stale_version`: Changed meanwhile
     *
     *     `not_empty`: Still needed
     */
    'stale_version.not_empty': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `too_many_attempts`: Too many attempts */
    too_many_attempts: {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `too_many_attempts`: Too many attempts
     *
     *     `too_many_requests`: Too many requests
     */
    'too_many_attempts.too_many_requests': {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /**
     * @description `too_many_connections`: Too many connections
     *
     *     `too_many_requests`: Too many requests
     */
    'too_many_connections.too_many_requests': {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `too_many_requests`: Too many requests */
    too_many_requests: {
      headers: {
        /** @description Seconds to wait */
        'Retry-After'?: number
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `unsupported_media_type`: Only JSON is read */
    unsupported_media_type: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `version_required`: Which version is edited? */
    version_required: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `websocket_required`: WebSocket only */
    websocket_required: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type Access = components['schemas']['Access']
export type AcknowledgeBody = components['schemas']['AcknowledgeBody']
export type AcknowledgedMany = components['schemas']['AcknowledgedMany']
export type AcknowledgedOne = components['schemas']['AcknowledgedOne']
export type AcknowledgeManyBody = components['schemas']['AcknowledgeManyBody']
export type AcknowledgeResult = components['schemas']['AcknowledgeResult']
export type ActorKind = components['schemas']['ActorKind']
export type Alarm = components['schemas']['Alarm']
export type AlarmMessage = components['schemas']['AlarmMessage']
export type AlarmPage = components['schemas']['AlarmPage']
export type AlarmSort = components['schemas']['AlarmSort']
export type AlarmSummary = components['schemas']['AlarmSummary']
export type ApiKey = components['schemas']['ApiKey']
export type ApiKeyBody = components['schemas']['ApiKeyBody']
export type ApiKeyPage = components['schemas']['ApiKeyPage']
export type AuditEntry = components['schemas']['AuditEntry']
export type AuditEntryPage = components['schemas']['AuditEntryPage']
export type BackupKind = components['schemas']['BackupKind']
export type BackupRepository = components['schemas']['BackupRepository']
export type BackupState = components['schemas']['BackupState']
export type BackupStatus = components['schemas']['BackupStatus']
export type BoundTo = components['schemas']['BoundTo']
export type BucketColumns = components['schemas']['BucketColumns']
export type BucketMethod = components['schemas']['BucketMethod']
export type BucketRow = components['schemas']['BucketRow']
export type BucketSource = components['schemas']['BucketSource']
export type CertificateKind = components['schemas']['CertificateKind']
export type CertificateRotation = components['schemas']['CertificateRotation']
export type CertificateStatus = components['schemas']['CertificateStatus']
export type ClientMessage = components['schemas']['ClientMessage']
export type ColumnsWord = components['schemas']['ColumnsWord']
export type ConnectionHealth = components['schemas']['ConnectionHealth']
export type CountedBy = components['schemas']['CountedBy']
export type CountedSeries = components['schemas']['CountedSeries']
export type CreatedApiKey = components['schemas']['CreatedApiKey']
export type CreatedUser = components['schemas']['CreatedUser']
export type Dashboard = components['schemas']['Dashboard']
export type DashboardBody = components['schemas']['DashboardBody']
export type DashboardChange = components['schemas']['DashboardChange']
export type DashboardExport = components['schemas']['DashboardExport']
export type DashboardSummary = components['schemas']['DashboardSummary']
export type DashboardSummaryPage = components['schemas']['DashboardSummaryPage']
export type DashboardVersion = components['schemas']['DashboardVersion']
export type DashboardVersionPage = components['schemas']['DashboardVersionPage']
export type DatabaseHealth = components['schemas']['DatabaseHealth']
export type DatabaseStatus = components['schemas']['DatabaseStatus']
export type DataType = components['schemas']['DataType']
export type DefaultRetention = components['schemas']['DefaultRetention']
export type DryRun = components['schemas']['DryRun']
export type DuplicateBody = components['schemas']['DuplicateBody']
export type Explanation = components['schemas']['Explanation']
export type ExportFormat = components['schemas']['ExportFormat']
export type FeedFilter = components['schemas']['FeedFilter']
export type FeedType = components['schemas']['FeedType']
export type FieldProblem = components['schemas']['FieldProblem']
export type Gateway = components['schemas']['Gateway']
export type GatewayBody = components['schemas']['GatewayBody']
export type GatewayEdit = components['schemas']['GatewayEdit']
export type GatewayExplanation = components['schemas']['GatewayExplanation']
export type GatewayMessage = components['schemas']['GatewayMessage']
export type GatewayPage = components['schemas']['GatewayPage']
export type GatewayStatus = components['schemas']['GatewayStatus']
export type Health = components['schemas']['Health']
export type Heartbeat = components['schemas']['Heartbeat']
export type HourlyRow = components['schemas']['HourlyRow']
export type ImportBody = components['schemas']['ImportBody']
export type IngestStatus = components['schemas']['IngestStatus']
export type KeptPerDay = components['schemas']['KeptPerDay']
export type LatestSample = components['schemas']['LatestSample']
export type LatestSamplePage = components['schemas']['LatestSamplePage']
export type Layout = components['schemas']['Layout']
export type LayoutBody = components['schemas']['LayoutBody']
export type LayoutInput = components['schemas']['LayoutInput']
export type LetGoStatus = components['schemas']['LetGoStatus']
export type LinkedPasswordBody = components['schemas']['LinkedPasswordBody']
export type LoggedError = components['schemas']['LoggedError']
export type Login = components['schemas']['Login']
export type LoginBody = components['schemas']['LoginBody']
export type LogLevel = components['schemas']['LogLevel']
export type Matching = components['schemas']['Matching']
export type Me = components['schemas']['Me']
export type MetricsSummary = components['schemas']['MetricsSummary']
export type Mode = components['schemas']['Mode']
export type MqttHealth = components['schemas']['MqttHealth']
export type Order = components['schemas']['Order']
export type OtherRejection = components['schemas']['OtherRejection']
export type Overruled = components['schemas']['Overruled']
export type PackedSpan = components['schemas']['PackedSpan']
export type PackingProgress = components['schemas']['PackingProgress']
export type PasswordBody = components['schemas']['PasswordBody']
export type PasswordLink = components['schemas']['PasswordLink']
export type PastDashboard = components['schemas']['PastDashboard']
export type PlantBody = components['schemas']['PlantBody']
export type PlantEdit = components['schemas']['PlantEdit']
export type Plc = components['schemas']['Plc']
export type PlcEdit = components['schemas']['PlcEdit']
export type PlcPage = components['schemas']['PlcPage']
export type PlcState = components['schemas']['PlcState']
export type Problem = components['schemas']['Problem']
export type ProcessRole = components['schemas']['ProcessRole']
export type ProcessStatus = components['schemas']['ProcessStatus']
export type Quality = components['schemas']['Quality']
export type RawColumns = components['schemas']['RawColumns']
export type RawSample = components['schemas']['RawSample']
export type Ready = components['schemas']['Ready']
export type RejectedGateway = components['schemas']['RejectedGateway']
export type Rejection = components['schemas']['Rejection']
export type RejectionCount = components['schemas']['RejectionCount']
export type RejectionCounts = components['schemas']['RejectionCounts']
export type RejectionDetail = components['schemas']['RejectionDetail']
export type RejectionPage = components['schemas']['RejectionPage']
export type RejectionStatus = components['schemas']['RejectionStatus']
export type RejectReason = components['schemas']['RejectReason']
export type RemovedRejections = components['schemas']['RemovedRejections']
export type ReorderBody = components['schemas']['ReorderBody']
export type Replay = components['schemas']['Replay']
export type ReplayBody = components['schemas']['ReplayBody']
export type ReplayOutcome = components['schemas']['ReplayOutcome']
export type ReplayState = components['schemas']['ReplayState']
export type RepositoryBackups = components['schemas']['RepositoryBackups']
export type RequestedReplays = components['schemas']['RequestedReplays']
export type Resolution = components['schemas']['Resolution']
export type RestoreBody = components['schemas']['RestoreBody']
export type RetentionInEffect = components['schemas']['RetentionInEffect']
export type RetentionSource = components['schemas']['RetentionSource']
export type Role = components['schemas']['Role']
export type RotationState = components['schemas']['RotationState']
export type Rule = components['schemas']['Rule']
export type RuleBody = components['schemas']['RuleBody']
export type RulePage = components['schemas']['RulePage']
export type RuleSeries = components['schemas']['RuleSeries']
export type SavedWidget = components['schemas']['SavedWidget']
export type SeriesNames = components['schemas']['SeriesNames']
export type ServerMessage = components['schemas']['ServerMessage']
export type Session = components['schemas']['Session']
export type SessionPage = components['schemas']['SessionPage']
export type Severity = components['schemas']['Severity']
export type SeverityCounts = components['schemas']['SeverityCounts']
export type Site = components['schemas']['Site']
export type SitePage = components['schemas']['SitePage']
export type SpoolHealth = components['schemas']['SpoolHealth']
export type StateValue = components['schemas']['StateValue']
export type StorageHealth = components['schemas']['StorageHealth']
export type SubscriptionHealth = components['schemas']['SubscriptionHealth']
export type SystemState = components['schemas']['SystemState']
export type SystemStatus = components['schemas']['SystemStatus']
export type TableSize = components['schemas']['TableSize']
export type Telemetry = components['schemas']['Telemetry']
export type TelemetryColumns = components['schemas']['TelemetryColumns']
export type TelemetryMessage = components['schemas']['TelemetryMessage']
export type TelemetryPage = components['schemas']['TelemetryPage']
export type Tenant = components['schemas']['Tenant']
export type TenantBody = components['schemas']['TenantBody']
export type TenantEdit = components['schemas']['TenantEdit']
export type TenantPage = components['schemas']['TenantPage']
export type TenantRole = components['schemas']['TenantRole']
export type TenantRoleBody = components['schemas']['TenantRoleBody']
export type TenantStatus = components['schemas']['TenantStatus']
export type TouchedSeries = components['schemas']['TouchedSeries']
export type TransferredDashboard = components['schemas']['TransferredDashboard']
export type UnknownMetric = components['schemas']['UnknownMetric']
export type UpOrDown = components['schemas']['UpOrDown']
export type User = components['schemas']['User']
export type UserBody = components['schemas']['UserBody']
export type UserPage = components['schemas']['UserPage']
export type Value = components['schemas']['Value']
export type Weakness = components['schemas']['Weakness']
export type Widget = components['schemas']['Widget']
export type WidgetBody = components['schemas']['WidgetBody']
export type WidgetContent = components['schemas']['WidgetContent']
export type WidgetKind = components['schemas']['WidgetKind']
export type ResponseAlreadyExists = components['responses']['already_exists']
export type ResponseAlreadyExistsLimitReached =
  components['responses']['already_exists.limit_reached']
export type ResponseAmbiguousSite = components['responses']['ambiguous_site']
export type ResponseForbiddenHostNotAllowed = components['responses']['forbidden.host_not_allowed']
export type ResponseForbiddenHostNotAllowedOriginNotAllowed =
  components['responses']['forbidden.host_not_allowed.origin_not_allowed']
export type ResponseHostNotAllowed = components['responses']['host_not_allowed']
export type ResponseHostNotAllowedOriginNotAllowed =
  components['responses']['host_not_allowed.origin_not_allowed']
export type ResponseInternalError = components['responses']['internal_error']
export type ResponseInvalidBody = components['responses']['invalid_body']
export type ResponseInvalidCredentials = components['responses']['invalid_credentials']
export type ResponseInvalidJson = components['responses']['invalid_json']
export type ResponseInvalidPath = components['responses']['invalid_path']
export type ResponseInvalidPathInvalidHeaderInvalidJson =
  components['responses']['invalid_path.invalid_header.invalid_json']
export type ResponseInvalidPathInvalidJson = components['responses']['invalid_path.invalid_json']
export type ResponseInvalidQuery = components['responses']['invalid_query']
export type ResponseInvalidQueryInvalidCursor =
  components['responses']['invalid_query.invalid_cursor']
export type ResponseInvalidQueryInvalidJson = components['responses']['invalid_query.invalid_json']
export type ResponseInvalidQueryInvalidPath = components['responses']['invalid_query.invalid_path']
export type ResponseInvalidQueryInvalidPathInvalidCursor =
  components['responses']['invalid_query.invalid_path.invalid_cursor']
export type ResponseInvalidQueryInvalidPathInvalidHeader =
  components['responses']['invalid_query.invalid_path.invalid_header']
export type ResponseInvalidQueryInvalidPathInvalidHeaderInvalidJson =
  components['responses']['invalid_query.invalid_path.invalid_header.invalid_json']
export type ResponseLinkExpired = components['responses']['link_expired']
export type ResponseLoginRequired = components['responses']['login_required']
export type ResponseLoginRequiredInvalidCredentials =
  components['responses']['login_required.invalid_credentials']
export type ResponseNotFound = components['responses']['not_found']
export type ResponseOverloadedNotReadyTimeoutDatabaseUnavailable =
  components['responses']['overloaded.not_ready.timeout.database_unavailable']
export type ResponseOverloadedTimeout = components['responses']['overloaded.timeout']
export type ResponseOverloadedTimeoutDatabaseUnavailable =
  components['responses']['overloaded.timeout.database_unavailable']
export type ResponsePayloadTooLarge = components['responses']['payload_too_large']
export type ResponseStaleVersion = components['responses']['stale_version']
export type ResponseStaleVersionAlreadyExists =
  components['responses']['stale_version.already_exists']
export type ResponseStaleVersionNotEmpty = components['responses']['stale_version.not_empty']
export type ResponseTooManyAttempts = components['responses']['too_many_attempts']
export type ResponseTooManyAttemptsTooManyRequests =
  components['responses']['too_many_attempts.too_many_requests']
export type ResponseTooManyConnectionsTooManyRequests =
  components['responses']['too_many_connections.too_many_requests']
export type ResponseTooManyRequests = components['responses']['too_many_requests']
export type ResponseUnsupportedMediaType = components['responses']['unsupported_media_type']
export type ResponseVersionRequired = components['responses']['version_required']
export type ResponseWebsocketRequired = components['responses']['websocket_required']
export type $defs = Record<string, never>
export interface operations {
  getAccess: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description `GET /api/admin/access` */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Access']
        }
      }
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      429: components['responses']['too_many_requests']
      503: components['responses']['overloaded.timeout']
    }
  }
  listApiKeys: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the name, or of the first characters of the key. */
        search?: string
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ApiKeyPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createApiKey: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ApiKeyBody']
      }
    }
    responses: {
      /** @description A key just made. What it opens is shown this once. */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CreatedApiKey']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  revokeApiKey: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the key. */
        keyId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listAuditLog: {
    parameters: {
      query?: {
        action?: string
        /** @description A part of who did it, in whatever case. */
        actor?: string
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        from?: string
        /** @description How many items a page has at most. */
        limit?: number
        order?: components['schemas']['Order']
        /** @description A part of the id or of the name of what was changed, in whatever case. */
        subject?: string
        tenant?: string
        to?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AuditEntryPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listDashboards: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A plant's code. */
        site?: string
        /** @description A tenant's code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DashboardSummaryPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getDashboard: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateDashboard: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['DashboardBody']
      }
    }
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteDashboard: {
    parameters: {
      query?: {
        /** @description The present version, here or as `If-Match`. */
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  duplicateDashboard: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['DuplicateBody']
      }
    }
    responses: {
      /** @description A dashboard that came from elsewhere. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransferredDashboard']
        }
      }
      400: components['responses']['invalid_path.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  exportDashboard: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A dashboard as a document of its own, without any id. */
      200: {
        headers: {
          /** @description The name of the file */
          'Content-Disposition'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DashboardExport']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listVersions: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
      }
      header?: never
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DashboardVersionPage']
        }
      }
      400: components['responses']['invalid_query.invalid_path.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getVersion: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
        /** @description A former version of the dashboard. */
        version: number
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A dashboard as it was: `version` and `updatedAt` are those of then. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PastDashboard']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  restoreVersion: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
        /** @description A former version of the dashboard. */
        version: number
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RestoreBody']
      }
    }
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  addWidget: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['WidgetBody']
      }
    }
    responses: {
      /** @description A widget that was just written. Sent back to edit it again, it names the right version. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SavedWidget']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateWidget: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
        /** @description The id of the widget. */
        widgetId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['WidgetBody']
      }
    }
    responses: {
      /** @description A widget that was just written. Sent back to edit it again, it names the right version. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SavedWidget']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  removeWidget: {
    parameters: {
      query?: {
        /** @description The present version, here or as `If-Match`. */
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
        /** @description The id of the widget. */
        widgetId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description removed */
      204: {
        headers: {
          /** @description The version of what it was a part of, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  reorderWidgets: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the dashboard. */
        dashboardId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ReorderBody']
      }
    }
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listManagedGateways: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the thing name, or of the name people gave. */
        search?: string
        /** @description Only those of this plant, by its code. */
        site?: string
        status?: components['schemas']['GatewayStatus']
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['GatewayPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createGateway: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['GatewayBody']
      }
    }
    responses: {
      /** @description A gateway. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Gateway']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      409: components['responses']['already_exists.limit_reached']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getManagedGateway: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A gateway. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Gateway']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateGateway: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['GatewayEdit']
      }
    }
    responses: {
      /** @description A gateway. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Gateway']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteGateway: {
    parameters: {
      query?: {
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version.not_empty']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listPlants: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the name, of the one in topics and payloads or of the one people gave. */
        search?: string
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SitePage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createPlant: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PlantBody']
      }
    }
    responses: {
      /** @description A plant. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Site']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      409: components['responses']['already_exists.limit_reached']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getPlant: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the plant. */
        plantId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A plant. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Site']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updatePlant: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the plant. */
        plantId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PlantEdit']
      }
    }
    responses: {
      /** @description A plant. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Site']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deletePlant: {
    parameters: {
      query?: {
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the plant. */
        plantId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version.not_empty']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  renamePlc: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PlcEdit']
      }
    }
    responses: {
      /** @description A PLC. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plc']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getDashboardOfPlc: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createDashboard: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['DashboardBody']
      }
    }
    responses: {
      /** @description A dashboard. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_path.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  importDashboard: {
    parameters: {
      query?: {
        /** @description The present version, here or as `If-Match`. */
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id, as lists show it. */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ImportBody']
      }
    }
    responses: {
      /** @description A dashboard that came from elsewhere. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransferredDashboard']
        }
      }
      /** @description A dashboard that came from elsewhere. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransferredDashboard']
        }
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version.already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listRejections: {
    parameters: {
      query?: {
        /** @description Whether to count all that match, up to 10 000. */
        count?: boolean
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description Received at or after. */
        from?: string
        /** @description A gateway, by its level of the topic. */
        gateway?: string
        /** @description How many entries a page has at most. */
        limit?: number
        order?: components['schemas']['Order']
        reason?: components['schemas']['RejectReason']
        status?: components['schemas']['RejectionStatus']
        /** @description Received before. */
        to?: string
        /** @description A topic, exact or with `*` for any run of characters. */
        topic?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A page of the quarantine. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RejectionPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteRejections: {
    parameters: {
      query?: {
        /** @description Received at or after. */
        from?: string
        /** @description A gateway, by its level of the topic. */
        gateway?: string
        /** @description How many go at most. */
        limit?: number
        reason?: components['schemas']['RejectReason']
        status?: components['schemas']['RejectionStatus']
        /** @description Received before. */
        to?: string
        /** @description A topic, exact or with `*` for any run of characters. */
        topic?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What removing many entries came to. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RemovedRejections']
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getRejection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the rejection. */
        rejectionId: number
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description An entry of the quarantine with what helps to understand it. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RejectionDetail']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteRejection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the rejection. */
        rejectionId: number
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  replayRejection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the rejection. */
        rejectionId: number
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A rejected message, or a rejected sample of a message. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Rejection']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getRejectionCounts: {
    parameters: {
      query?: {
        /** @description `reason` unless it is given. */
        by?: components['schemas']['CountedBy']
        /** @description The first hour; 24 hours before `to` unless it is given. */
        from?: string
        /** @description One gateway. */
        gateway?: string
        reason?: components['schemas']['RejectReason']
        /** @description Hours that begin before; now unless it is given. */
        to?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description How much was rejected. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RejectionCounts']
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  exportRejections: {
    parameters: {
      query?: {
        /** @description Received at or after. */
        from?: string
        /** @description A gateway, by its level of the topic. */
        gateway?: string
        reason?: components['schemas']['RejectReason']
        status?: components['schemas']['RejectionStatus']
        /** @description Received before. */
        to?: string
        /** @description A topic, exact or with `*` for any run of characters. */
        topic?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One JSON value a line, each as the list shows it. */
      200: {
        headers: {
          /** @description The name of the file */
          'Content-Disposition'?: string
          [name: string]: unknown
        }
        content: {
          'application/x-ndjson': unknown
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  replayRejections: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ReplayBody']
      }
    }
    responses: {
      /** @description What asking for many replays came to, counted in entries. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RequestedReplays']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getSystem: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /**
       * @description The status board. What concerns all customers alike is there for internal admins only; a tenant's own admin sees his
       *      tenants and whether all is well.
       */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SystemStatus']
        }
      }
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listTenants: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the code or of the name. */
        search?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TenantPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createTenant: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TenantBody']
      }
    }
    responses: {
      /** @description A customer. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tenant']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      409: components['responses']['already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getTenant: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the tenant. */
        tenantId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A customer. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tenant']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateTenant: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the tenant. */
        tenantId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TenantEdit']
      }
    }
    responses: {
      /** @description A customer. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tenant']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listUsers: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the address. */
        search?: string
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['UserPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createUser: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UserBody']
      }
    }
    responses: {
      /** @description A user just made, with the link to hand over. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CreatedUser']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      409: components['responses']['already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getUser: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the user. */
        userId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A person with an account. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateUser: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the user. */
        userId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UserBody']
      }
    }
    responses: {
      /** @description A person with an account. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version.already_exists']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteUser: {
    parameters: {
      query?: {
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the user. */
        userId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createPasswordLink: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the user. */
        userId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A link by which a person chooses a password. Shown once. */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PasswordLink']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listAlarms: {
    parameters: {
      query?: {
        /** @description Only those that were acknowledged, or were not. */
        acknowledged?: boolean
        /**
         * @description Only those that are new or changed at or after, by the database's clock. What was written in a long transaction carries
         *      an earlier time: ask from a minute before the last answer.
         */
        changedSince?: string
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description Arisen at or after. */
        from?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description Only those of PLCs of this name. */
        plcId?: string
        /** @description One or more of `critical`, `high`, `medium`, `low`, with commas between. */
        severity?: string
        /** @description Only those of this plant, by its code. */
        site?: string
        /** @description `ts` (the default): the newest first; `severity`: the most severe first, then the newest. */
        sort?: components['schemas']['AlarmSort']
        /** @description Only those of this tenant, by its code. */
        tenant?: string
        /** @description Arisen before. */
        to?: string
        /** @description Only those of this type. */
        type?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AlarmPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getAlarm: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the alarm. */
        alarmId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description An alarm. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Alarm']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  acknowledgeAlarm: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the alarm. */
        alarmId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AcknowledgeBody']
      }
    }
    responses: {
      /** @description An alarm. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Alarm']
        }
      }
      400: components['responses']['invalid_path.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listAlarmsOfPlc: {
    parameters: {
      query?: {
        /** @description Only those that were acknowledged, or were not. */
        acknowledged?: boolean
        /**
         * @description Only those that are new or changed at or after, by the database's clock. What was written in a long transaction carries
         *      an earlier time: ask from a minute before the last answer.
         */
        changedSince?: string
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description Arisen at or after. */
        from?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description Only those of PLCs of this name. */
        plcId?: string
        /** @description One or more of `critical`, `high`, `medium`, `low`, with commas between. */
        severity?: string
        /** @description Only those of this plant, by its code. */
        site?: string
        /** @description `ts` (the default): the newest first; `severity`: the most severe first, then the newest. */
        sort?: components['schemas']['AlarmSort']
        /** @description Only those of this tenant, by its code. */
        tenant?: string
        /** @description Arisen before. */
        to?: string
        /** @description Only those of this type. */
        type?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AlarmPage']
        }
      }
      400: components['responses']['invalid_query.invalid_path.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  acknowledgeAlarms: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AcknowledgeManyBody']
      }
    }
    responses: {
      /** @description What became of alarms to be acknowledged, in the order they were named. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AcknowledgedMany']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getAlarmSummary: {
    parameters: {
      query?: {
        /** @description Only those of this plant, by its code. */
        site?: string
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What nobody has taken note of yet. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AlarmSummary']
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  logIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['LoginBody']
      }
    }
    responses: {
      /** @description A login that succeeded. */
      200: {
        headers: {
          /** @description The session's cookie */
          'Set-Cookie'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Login']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['invalid_credentials']
      403: components['responses']['host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_attempts']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  logOut: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          /** @description The session's cookie */
          'Set-Cookie'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getMe: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Who is logged in. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Me']
        }
      }
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      429: components['responses']['too_many_requests']
      503: components['responses']['overloaded.timeout']
    }
  }
  changePassword: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PasswordBody']
      }
    }
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required.invalid_credentials']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_attempts.too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  redeemLink: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['LinkedPasswordBody']
      }
    }
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_json']
      403: components['responses']['host_not_allowed.origin_not_allowed']
      410: components['responses']['link_expired']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_attempts']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listSessions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionPage']
        }
      }
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  endAllSessions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          /** @description The session's cookie */
          'Set-Cookie'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  endSession: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the session. */
        sessionId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  showDashboard: {
    parameters: {
      query?: {
        tenant?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A dashboard. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Dashboard']
        }
      }
      400: components['responses']['invalid_query.invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listGateways: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the thing name, or of the name people gave. */
        search?: string
        /** @description Only those of this plant, by its code. */
        site?: string
        status?: components['schemas']['GatewayStatus']
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['GatewayPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getGateway: {
    parameters: {
      query?: {
        tenant?: string
      }
      header?: never
      path: {
        /** @description The thing name of the gateway. */
        gateway: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A gateway. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Gateway']
        }
      }
      400: components['responses']['invalid_query.invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listRules: {
    parameters: {
      query?: {
        /** @description Whether to count the series of each rule, which takes a moment where there are very many. */
        counts?: boolean
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rules in order of priority. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RulePage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  createRule: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RuleBody']
      }
    }
    responses: {
      /** @description A persistence rule. */
      201: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          /** @description Where it can be found again */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Rule']
        }
      }
      400: components['responses']['invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getRule: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the rule. */
        ruleId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A persistence rule. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Rule']
        }
      }
      400: components['responses']['invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  updateRule: {
    parameters: {
      query?: never
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the rule. */
        ruleId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RuleBody']
      }
    }
    responses: {
      /** @description A persistence rule. */
      200: {
        headers: {
          /** @description The version, for `If-Match` */
          ETag?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Rule']
        }
      }
      400: components['responses']['invalid_path.invalid_header.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      428: components['responses']['version_required']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  deleteRule: {
    parameters: {
      query?: {
        version?: number
      }
      header?: {
        /** @description The version this edit started from, if the body or query does not name it. */
        'If-Match'?: string
      }
      path: {
        /** @description The id of the rule. */
        ruleId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description no content */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query.invalid_path.invalid_header']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['stale_version']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  tryRule: {
    parameters: {
      query?: {
        /** @description The rule the draft would replace; without it, it would be added. */
        replaces?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RuleBody']
      }
    }
    responses: {
      /** @description What a draft would change, reckoned from what came lately. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DryRun']
        }
      }
      400: components['responses']['invalid_query.invalid_json']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed.origin_not_allowed']
      404: components['responses']['not_found']
      413: components['responses']['payload_too_large']
      415: components['responses']['unsupported_media_type']
      422: components['responses']['invalid_body']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.not_ready.timeout.database_unavailable']
    }
  }
  explainRules: {
    parameters: {
      query: {
        /** @description Left out: each gateway that sends it. */
        gatewayId?: string
        metricId: string
        plcId: string
        province?: string
        site: string
        /** @description With `province`, the plant need not be known; without, it is the plant's. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What is kept of a series, and why. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Explanation']
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['forbidden.host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listPlcs: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the name, of the one in topics and payloads or of the one people gave. */
        search?: string
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PlcPage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listPlcsOfSite: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the name, of the one in topics and payloads or of the one people gave. */
        search?: string
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path: {
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PlcPage']
        }
      }
      400: components['responses']['invalid_query.invalid_path.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getPlc: {
    parameters: {
      query?: {
        tenant?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A PLC. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plc']
        }
      }
      400: components['responses']['invalid_query.invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getPlcState: {
    parameters: {
      query?: {
        tenant?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The last value of each of its metrics. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PlcState']
        }
      }
      400: components['responses']['invalid_query.invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listSites: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description How many items a page has at most. */
        limit?: number
        /** @description A part of the name, of the one in topics and payloads or of the one people gave. */
        search?: string
        /** @description Only those of this tenant, by its code. */
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SitePage']
        }
      }
      400: components['responses']['invalid_query.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listTelemetry: {
    parameters: {
      query?: {
        /** @description The `nextCursor` of the page before. */
        cursor?: string
        /** @description Inclusive. Without it there is no lower bound, except under `auto`: 24 hours before `to`. */
        from?: string
        /** @description In which shape `auto` answers. */
        layout?: components['schemas']['LayoutInput']
        /** @description How many items a page has at most. */
        limit?: number
        /** @description How many points of each metric `auto` may answer: if there are more samples, buckets of time. */
        maxPoints?: number
        /** @description One metric, or several separated by commas. Without it: all of the PLC. */
        metric?: string
        order?: components['schemas']['Order']
        resolution?: components['schemas']['Resolution']
        tenant?: string
        /** @description Exclusive. Without it there is no upper bound. */
        to?: string
        /** @description IANA name of the time zone by whose days and hours `auto` cuts buckets. Without it: the plant's. */
        tz?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What a question about history is answered with. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Telemetry']
        }
      }
      400: components['responses']['invalid_query.invalid_path.invalid_cursor']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  exportTelemetry: {
    parameters: {
      query?: {
        /** @description Inclusive. Without it: 24 hours before `to`. */
        from?: string
        /** @description One metric, or several separated by commas. Without it: all of the PLC. */
        metric?: string
        tenant?: string
        /** @description Exclusive. Without it: now. */
        to?: string
      }
      header?: never
      path: {
        /** @description The name of the PLC in its messages. */
        plc: string
        /** @description The plant's code. */
        site: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A line for each sample, after one with the names of the columns: ts, metricId, value, quality, unit, dataType. No value is an empty field, an empty text "". */
      200: {
        headers: {
          /** @description The name of the file */
          'Content-Disposition'?: string
          [name: string]: unknown
        }
        content: {
          'text/csv; charset=utf-8; header=present': unknown
        }
      }
      400: components['responses']['invalid_query.invalid_path']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      404: components['responses']['not_found']
      409: components['responses']['ambiguous_site']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  listLatest: {
    parameters: {
      query?: {
        /** @description How many items a page has at most. */
        limit?: number
        tenant?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page of a list. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['LatestSamplePage']
        }
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed']
      429: components['responses']['too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /**
       * @description `GET /health`: always answered while the process lives. For anybody but internal admins connections are numbered, and
       *      filters and the words of errors are left out.
       */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
      403: components['responses']['host_not_allowed']
      503: components['responses']['overloaded.timeout']
    }
  }
  getReady: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description `GET /health/ready` when ready; otherwise it is a problem. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Ready']
        }
      }
      403: components['responses']['host_not_allowed']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.not_ready.timeout.database_unavailable']
    }
  }
  getMetrics: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description By default Prometheus' text format. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['MetricsSummary']
          'text/plain': unknown
        }
      }
      403: components['responses']['host_not_allowed']
      503: components['responses']['overloaded.timeout']
    }
  }
  openFeed: {
    parameters: {
      query?: {
        metricId?: string
        plcId?: string
        site?: string
        tenant?: string
        /** @description One or more of `telemetry`, `gateway`, `alarm`, with commas between; left out: everything. */
        types?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description websocket upgrade */
      101: {
        headers: {
          connection?: 'upgrade'
          'sec-websocket-key'?: string
          'sec-websocket-protocol'?: string
          upgrade?: 'websocket'
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['invalid_query']
      401: components['responses']['login_required']
      403: components['responses']['host_not_allowed.origin_not_allowed']
      426: components['responses']['websocket_required']
      429: components['responses']['too_many_connections.too_many_requests']
      500: components['responses']['internal_error']
      503: components['responses']['overloaded.timeout.database_unavailable']
    }
  }
}
