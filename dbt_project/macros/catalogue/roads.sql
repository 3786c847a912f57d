{#
  The roads: Community Speedwatch, speed enforcement, injury collisions. methods.md 5.
  Speedwatch has three units: a session is an outing, a record is a check (one reading of the device), and a check observes a vehicle or more. The
  share of speeding is one of vehicles; what is printed as a share of the records stands beside it, under its own name.
#}
{% macro catalogue_roads() %}
domain: roads
owner: Road safety
basis: force
frameworks: [OPCC, CSP]
plan_priority: 3
themes: [road safety]
measures:
- id: speed_watch_sessions
  title: Speedwatch sessions
  definition: Outings of a Community Speedwatch group to one location. Unit session.
  statistic: count
  fact: fct_speedwatch_sessions
  population: sessions
  direction: neutral
  seasonal: true
  exclusions: sessions with more vehicles speeding than observed

- id: speed_watch_records
  title: Speedwatch records
  definition: Records (checks) that Community Speedwatch made, each one reading of the device. Unit check; neither sessions nor vehicles.
  statistic: sum
  fact: fct_speedwatch_sessions
  population: checks
  of: checks
  segment_by: location
  levels: [force]
  direction: neutral
  seasonal: true
  exclusions: sessions with more vehicles speeding than observed

- id: speed_watch_vehicles_observed
  title: Vehicles observed by Speedwatch
  definition: Vehicles that the checks of Community Speedwatch observed. Unit vehicle.
  statistic: sum
  fact: fct_speedwatch_sessions
  population: vehicles observed
  of: vehicles_observed
  segment_by: location
  levels: [force]
  direction: neutral
  seasonal: true
  exclusions: sessions with more vehicles speeding than observed

- id: speed_watch_vehicles_speeding
  title: Vehicles speeding at Speedwatch
  definition: Vehicles that Community Speedwatch observed and that were speeding. Unit vehicle.
  statistic: sum
  fact: fct_speedwatch_sessions
  population: vehicles observed
  of: vehicles_speeding
  segment_by: location
  levels: [force]
  direction: decrease
  exclusions: sessions with more vehicles speeding than observed

- id: speed_watch_speeding_share
  title: Share of vehicles speeding at Speedwatch
  definition: Vehicles speeding as a percentage of the vehicles observed, not of the checks. Volunteers choose place and time; of few vehicles, a share says little.
  statistic: ratio
  population: vehicles observed
  numerator: {measure: speed_watch_vehicles_speeding}
  denominator: {measure: speed_watch_vehicles_observed}
  segment_by: location
  levels: [force]
  direction: decrease
  exclusions: sessions with more vehicles speeding than observed

- id: speed_watch_speeding_per_100_records
  title: Vehicles speeding per 100 Speedwatch records
  definition: Vehicles speeding per 100 records (checks), which is how the report words its share; a check may observe more than one vehicle.
  statistic: ratio
  population: checks
  numerator: {measure: speed_watch_vehicles_speeding}
  denominator: {measure: speed_watch_records}
  levels: [force]
  direction: decrease
  exclusions: sessions with more vehicles speeding than observed

{% for entry in [
    {'to_date': 'speed_awareness_courses_issued', 'volume': 'speed_awareness_course_volume', 'title': 'Speed awareness courses', 'of': 'courses_issued'},
    {'to_date': 'speed_fines_and_points_issued', 'volume': 'speed_fine_and_points_volume', 'title': 'Speeding fines and points', 'of': 'fines_and_points_issued'},
    {'to_date': 'speed_court_appearances', 'volume': 'speed_court_appearance_volume', 'title': 'Speeding court appearances', 'of': 'court_appearances'},
] %}
- id: {{ entry.to_date }}
  title: {{ entry.title }}, financial year to date
  definition: {{ entry.title }} that followed from visits of speed enforcement officers since 1 April. The report does not say since when it counts; the financial year is assumed.
  statistic: snapshot_sum
  fact: fct_speed_enforcement_to_date
  population: visits of the financial year up to the day
  of: {{ entry.of }}
  direction: neutral

- id: {{ entry.volume }}
  title: {{ entry.title }}
  definition: {{ entry.title }} that followed from visits of speed enforcement officers, by the month of the visit.
  statistic: sum
  fact: fct_speed_enforcement
  population: visits
  of: {{ entry.of }}
  direction: neutral

{% endfor %}
- id: speed_enforcement_locations_visited
  title: Speed enforcement locations visited, financial year to date
  definition: Different locations that speed enforcement officers visited since 1 April; one visited twice counts once. The financial year is assumed.
  statistic: snapshot
  fact: fct_speed_enforcement_to_date
  population: visits of the financial year up to the day
  of: location
  direction: neutral

- id: speed_enforcement_visit_volume
  title: Speed enforcement visits
  definition: Visits of speed enforcement officers to a location; every visit counts.
  statistic: count
  fact: fct_speed_enforcement
  population: visits
  direction: neutral

- id: collision_volume
  title: Injury collisions
  definition: Road collisions with a casualty that the police recorded (STATS19).
  statistic: count
  fact: fct_collisions
  population: injury collisions
  direction: decrease
  headline_period: r12m
  seasonal: true

- id: casualty_volume
  title: Road casualties
  definition: People killed or injured in road collisions that the police recorded (STATS19).
  statistic: sum
  fact: fct_collisions
  population: casualties of injury collisions
  of: number_of_casualties
  direction: decrease
  headline_period: r12m
  seasonal: true

- id: ksi_collisions
  title: KSI collisions
  definition: Collisions in which someone was killed or seriously injured. Unit collision, not casualty; the report says that the method is not agreed yet.
  statistic: count
  fact: fct_collisions
  population: injury collisions of fatal or serious severity
  where: is_ksi
  direction: decrease
  headline_period: r12m
  sensitive: true
  exclusions: no adjustment between injury-based and officer-judged severity; which one counts is not agreed

- id: ksi_casualties
  title: KSI casualties
  definition: People killed (within 30 days) or seriously injured. Where a file does not count casualties by severity, a KSI collision counts one. Unit casualty.
  statistic: sum
  fact: fct_collisions
  population: casualties of injury collisions
  of: ksi_casualties
  direction: decrease
  headline_period: r12m
  sensitive: true
  exclusions: no adjustment between injury-based and officer-judged severity; which one counts is not agreed

- id: ksi_casualty_rate
  title: KSI casualties per 100,000 residents
  definition: People killed (within 30 days) or seriously injured per 100,000 residents. Unit casualty.
  statistic: population_rate
  population: casualties of injury collisions
  numerator: {measure: ksi_casualties}
  per: 100000
  direction: decrease
  headline_period: r12m
  sensitive: true
  exclusions: no adjustment between injury-based and officer-judged severity; which one counts is not agreed

- id: fatal_collision_volume
  title: Fatal collisions
  definition: Collisions in which someone died within 30 days.
  statistic: count
  fact: fct_collisions
  population: injury collisions of fatal severity
  where: collision_severity = 'fatal'
  direction: decrease
  headline_period: r12m
  sensitive: true
{% endmacro %}
