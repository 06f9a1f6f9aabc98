internal import Hagen

extension Language {
    static let monitoring = PartTable(
        noun: "monitoring",
        keys: [
            .optional(
                "interval", .text(.duration), "How often the monitor measures and judges.", example: "1s",
                synonyms: ["scrape_interval"]),
            .optional("receivers", .list(.part(receiver), minimum: 0), "Who can be told.", synonyms: ["contacts"]),
            .optional(
                "alerts", .list(.part(alert), minimum: 0), "Conditions that somebody must know of.", synonyms: ["rules"]
            ),
            .optional(
                "routes", .list(.part(route), minimum: 0),
                "Which of the alerts that name no receiver go to whom: the first route that matches.",
                synonyms: ["route"]),
            .later("collectors", "What is measured on the hosts."),
            .later("scrape", "Further targets that are asked for their metrics."),
            .later("retention", "How long measurements are kept."),
            .later("recordings", "Expressions that are computed ahead."),
            .later("inhibition", "Alerts that silence others."),
            .later("deadMansSwitch", "An alert that always fires, so that silence is noticed."),
        ])

    static let alert = PartTable(
        noun: "alert",
        keys: [
            .required("alert", .text(.any), "Its name.", example: "cpu-high", synonyms: ["name"]),
            .required(
                "expr", .text(.any), "PromQL; the alert is active for each series that it yields.",
                example: "'instance:node_cpu_utilisation:rate1m > 0.85'", synonyms: ["expression", "when"]),
            .optional("for", .text(.durationOrZero), "How long it must hold before anybody is told.", example: "5m"),
            .optional(
                "keep_firing_for", .text(.durationOrZero), "How long it goes on firing after it has stopped holding."),
            .optional("labels", .texts, "Labels of the alert, such as severity.", example: "{severity: warning}"),
            .optional("annotations", .texts, "Texts for people."),
            .optional("receiver", .text(.name), "Who is told.", synonyms: ["notify"]),
            .optional("receivers", .list(.text(.name)), "Who are told."),
        ], atMostOne: ["receiver", "receivers"], identity: "alert")

    static let route = PartTable(
        noun: "route",
        keys: [
            .optional(
                "match", .texts, "Labels that an alert must have; unsaid: every alert.",
                example: "{severity: critical}",
                synonyms: ["matchers", "labels"]),
            .optional("receiver", .text(.name), "Who is told.", example: "oncall", synonyms: ["notify", "to"]),
            .optional("receivers", .list(.text(.name)), "Who are told."),
            .optional("continue", .boolean, "Whether the routes after it are looked at too."),
        ], exactlyOne: ["receiver", "receivers"])

    static let receiver = PartTable(
        noun: "receiver",
        keys: [
            .required("name", .text(.name), "Its name.", example: "oncall"),
            .optional(
                "webhook", .part(webhook), "An HTTP request, in the form of Alertmanager's webhooks.", synonyms: ["url"]
            ),
            .optional("email", .part(email), "A mail.", synonyms: ["mail"]),
            .optional("command", .list(.text(.argument)), "A command.", synonyms: ["exec"]),
            .later("slack", "A message in Slack."),
            .later("pagerduty", "An incident of PagerDuty."),
            .later("opsgenie", "An alert of Opsgenie."),
        ], exactlyOne: ["webhook", "email", "command"], identity: "name")

    static let webhook = PartTable(
        noun: "webhook",
        keys: [
            .required(
                "url", .either(.text(.any), .part(secret)), "Where it goes: a text, or a credential that holds it.",
                example: "{credential: oncall-url}")
        ])

    static let secret = PartTable(
        noun: "secret text",
        keys: [
            .required("credential", .text(.name), "The name of the credential that holds it.", example: "oncall-url")
        ])

    static let email = PartTable(
        noun: "mail",
        keys: [.required("to", .text(.any), "The address.", example: "oncall@example.com")])
}
