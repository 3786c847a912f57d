"""What partners and departments return: figures that the printed report gives, and plausible series from April 2020 for those that it only names.

A series is synthetic wherever the report prints no figure; who returns it is a kind of partner, not a body. Shares are per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from pipelines.synthetic.calibration.shapes import FLAT, SUMMER, Weights

FIRST = date(2020, 4, 1)
FORCE: Weights = {"wiltshire_force": 1.0}
DISTRICTS: Weights = {"swindon": 0.40, "wiltshire_county": 0.60}
SWINDON: Weights = {"swindon": 1.0}
# How suppliers spell the areas; the second and later ones are rarer.
AREA_SPELLINGS: Mapping[str, Weights] = {
    "wiltshire_force": {"wiltshire_force": 0.70, "Wiltshire Police": 0.15, "Force": 0.10, "WILTSHIRE": 0.05},
    "swindon": {"swindon": 0.80, "Swindon Borough Council": 0.20},
    "wiltshire_county": {"wiltshire_county": 0.75, "Wiltshire Council": 0.15, "County": 0.10},
}


@dataclass(frozen=True)
class Returned:
    """One measure as a partner returns it, each period of `every` (month, quarter, year, or a snapshot at the end of one).

    level      what a period has at first: a count, a time, a score; of a share, per cent
    growth     relative change of the level in a year; of a share, points in a year
    out_of     a share's denominator in a period: both sides are returned
    areas      parts of the level by area; several areas add up to the force, which is returned too
    segments   parts of the level by segment, beside the whole; `apart` says that each has the whole level times its weight instead
    totals     sums over twelve months to these days, which the months are made to add up to
    lag_days   from the period's end to the return
    last       the last period returned so far, where the partner is further behind
    """

    measure: str
    by: str
    every: str
    level: float
    growth: float = 0.0
    noise: float = 0.05
    season: tuple[float, ...] = FLAT
    out_of: int = 0
    areas: Weights = field(default_factory=lambda: FORCE)
    segments: Weights = field(default_factory=dict)
    apart: bool = False
    totals: Mapping[date, int] = field(default_factory=dict)
    lag_days: int = 80
    last: date = date(9999, 1, 1)
    decimals: int = 0


def _shares(by: str, every: str, lag_days: int, *rows: tuple[str, float, float, int], **more: object) -> tuple[Returned, ...]:
    """Shares of one partner: measure, level, points a year, denominator."""
    return tuple(
        Returned(m, by, every, level, growth, noise=0.012, out_of=out_of, lag_days=lag_days, decimals=1, **more)  # type: ignore[arg-type]
        for m, level, growth, out_of in rows
    )


def _levels(by: str, every: str, lag_days: int, *rows: tuple[str, float, float], **more: object) -> tuple[Returned, ...]:
    """Counts, times and scores of one partner: measure, level, relative growth a year."""
    return tuple(Returned(m, by, every, level, growth, lag_days=lag_days, **more) for m, level, growth in rows)  # type: ignore[arg-type]


_REQUIREMENTS: Weights = {"mental health": 0.22, "community sentence": 0.18, "alcohol": 0.25, "drug": 0.35}
_ETHNIC_GROUPS: Weights = {"Black": 1.35, "Asian": 0.75, "mixed": 1.10, "other": 0.80}
_SERVICES: Weights = {"adult victims": 0.4468, "young victims": 0.0957, "domestic abuse": 0.2766, "sexual violence": 0.1809}

RETURNS: tuple[Returned, ...] = (
    # victims and witnesses
    *_shares(
        "force criminal justice department",
        "quarter",
        75,
        ("vcop_written_acknowledgement_rate", 78.0, 2.0, 4_100),
        ("vcop_referral_to_support_rate", 71.0, 1.5, 4_100),
        ("vcop_updates_in_time_rate", 63.0, 1.0, 4_100),
        ("vcop_vps_offered_rate", 58.0, 3.0, 2_900),
        ("vps_taken_rate", 34.0, 1.0, 1_650),
        ("national_file_standard_compliance_rate", 46.0, 5.0, 780),
        ("oocd_conditions_breached_rate", 12.0, -0.4, 260),
        ("custody_mental_health_assessment_rate", 72.0, 1.2, 640),
        ("custody_neurodiversity_screening_rate", 18.0, 9.0, 2_650),
        ("da_remand_rate", 17.0, 1.6, 210),
    ),
    Returned("vcop_offender_release_informed_rate", "probation service", "quarter", 88.0, 0.8, 0.012, out_of=130, decimals=1),
    Returned(
        "victim_satisfaction_rate",
        "survey provider",
        "quarter",
        74.0,
        -1.2,
        0.012,
        out_of=420,
        decimals=1,
        lag_days=50,
        segments={"burglary": 0.25, "violence": 0.35, "vehicle crime": 0.22, "domestic abuse": 0.18},
    ),
    # prosecution
    *_shares(
        "prosecution service",
        "quarter",
        85,
        ("post_charge_victim_attrition_rate", 17.0, 1.4, 880),
        ("cps_triage_rejection_rate", 38.0, -3.0, 780),
        ("cps_rape_charge_rate", 42.0, 5.0, 34),
        ("witness_attendance_rate", 86.0, -0.6, 940),
        ("special_measures_granted_rate", 93.0, 0.3, 130),
        ("magistrates_guilty_plea_first_hearing_rate", 69.0, 0.5, 1_750),
        ("crown_guilty_plea_rate", 66.0, -1.2, 240),
        ("crown_late_dropped_rate", 8.0, 0.9, 240),
    ),
    *_levels(
        "prosecution service",
        "quarter",
        85,
        ("charge_volume", 1_480.0, 0.03),
        ("rape_referrals_to_cps", 26.0, 0.12),
        ("recorded_to_charge_days_median", 41.0, 0.04),
    ),
    *_levels("prosecution service", "quarter", 85, ("cps_action_plans_per_case", 1.62, -0.05), decimals=2, noise=0.03),
    # courts
    *_shares(
        "courts service",
        "quarter",
        88,
        ("magistrates_finalised_within_4_hearings_rate", 82.0, -0.8, 1_900),
        ("crown_effective_trial_rate", 44.0, 1.0, 96),
        ("crown_cracked_trial_rate", 26.0, -0.5, 96),
        ("crown_ineffective_trial_rate", 18.0, 0.6, 96),
        ("crown_vacated_trial_rate", 12.0, -0.4, 96),
    ),
    *_levels(
        "courts service",
        "quarter",
        88,
        ("magistrates_hearings_per_guilty_case", 1.7, 0.01),
        ("magistrates_hearings_per_contested_case", 3.1, 0.03),
        decimals=2,
        noise=0.02,
    ),
    *_levels("courts service", "quarter", 88, ("crown_charge_to_completion_days_median", 212.0, 0.09)),
    *_levels("courts service", "quarter snapshot", 88, ("magistrates_outstanding_cases", 2_450.0, 0.02), ("warrants_outstanding", 640.0, 0.05)),
    # offenders
    Returned(  # a cohort's reoffending is known a year and a half later
        "proven_reoffending_rate", "probation service", "quarter", 25.6, -0.5, 0.012, out_of=900, areas=DISTRICTS, decimals=1, lag_days=560
    ),
    *_shares(
        "probation service",
        "quarter",
        80,
        ("settled_accommodation_on_release_rate", 54.0, 1.6, 145),
        ("substance_treatment_continuity_rate", 34.0, 2.5, 70),
    ),
    Returned(
        "iom_cohort_size", "probation service", "quarter snapshot", 182.0, 0.03, segments={"fixed": 0.38, "flex": 0.44, "free": 0.18}, lag_days=25
    ),
    *_levels(
        "probation service",
        "quarter",
        80,
        ("iom_cohort_offences", 214.0, -0.05),
        ("cas3_placements", 14.0, 0.25),
        ("prisoner_release_panel_cases", 22.0, 0.10),
    ),
    *_levels(
        "probation service",
        "quarter",
        80,
        ("treatment_requirement_orders", 96.0, 0.08),
        ("treatment_requirement_starts", 84.0, 0.08),
        ("treatment_requirement_completions", 41.0, 0.07),
        segments=_REQUIREMENTS,
    ),
    Returned(
        "treatment_requirement_waiting_days",
        "probation service",
        "quarter",
        34.0,
        -0.04,
        segments={"mental health": 1.25, "community sentence": 0.9, "alcohol": 0.85, "drug": 1.0},
        apart=True,
    ),
    Returned(
        "oocd_volume",
        "force criminal justice department",
        "quarter",
        610.0,
        0.05,
        segments={"conditional caution": 0.42, "caution": 0.10, "community resolution": 0.48},
        lag_days=75,
    ),
    Returned(
        "custody_detentions", "force criminal justice department", "quarter", 2_650.0, 0.02, segments={"women": 0.155, "under 18": 0.062}, lag_days=75
    ),
    Returned("icv_visits_completed_rate", "custody visitors", "quarter", 88.0, 1.0, 0.012, out_of=39, lag_days=30, decimals=1),
    *(
        Returned(
            f"disproportionality_rri_{decision}",
            "force criminal justice department",
            "year",
            level,
            -0.03,
            0.04,
            segments=_ETHNIC_GROUPS,
            apart=True,
            lag_days=180,
            decimals=2,
        )
        for decision, level in (("stop_search", 2.9), ("charge", 1.2), ("remand", 1.4), ("oocd", 0.9), ("mental_health_detention", 1.6))
    ),
    # commissioned services
    Returned(
        "victim_support_service_demand",
        "commissioned victim services",
        "month",
        780.0,
        0.05,
        0.03,
        SUMMER,
        segments=_SERVICES,
        lag_days=2,
        totals={date(2021, 9, 30): 8_870, date(2022, 9, 30): 9_400, date(2023, 9, 30): 11_092},  # 18 % more, across the board
    ),
    *_levels("commissioned victim services", "month snapshot", 20, ("horizon_caseload", 690.0, 0.08)),
    *_levels("commissioned victim services", "month", 25, ("isva_referrals", 52.0, 0.03)),
    *_levels(
        "commissioned victim services",
        "quarter",
        45,
        ("isva_waiting_days", 24.0, 0.06),
        ("sarc_attendances", 92.0, 0.06),
        ("therapeutic_support_waiting_days", 96.0, 0.08),
    ),
    Returned("custody_healthcare_vacancy_rate", "custody healthcare provider", "quarter", 16.0, 3.0, 0.012, out_of=42, lag_days=40, decimals=1),
    # councils, health, youth justice
    *_levels(
        "councils",
        "quarter",
        45,
        ("asb_case_reviews_requested", 17.0, 0.10),
        ("asb_case_reviews_threshold_met", 7.0, 0.10),
        ("asb_repeat_victims", 118.0, -0.06),
        areas=DISTRICTS,
        season=SUMMER,
    ),
    Returned(
        "asb_tools_used",
        "councils",
        "quarter",
        86.0,
        0.06,
        areas=DISTRICTS,
        segments={"community protection notice": 0.82, "public spaces protection order": 0.06, "closure": 0.12},
        lag_days=45,
    ),
    *_levels(
        "councils",
        "month",
        25,
        ("marac_cases", 77.0, 0.01),
        ("idva_referrals", 136.0, 0.015),
        ("hate_crime_reports", 22.0, 0.01),
        ("exploitation_referrals", 36.0, 0.015),
        areas=DISTRICTS,
    ),
    *_levels(
        "councils",
        "quarter snapshot",
        30,
        ("dardr_open", 6.0, 0.08),
        ("dardr_actions_overdue", 9.0, 0.05),
        ("csp_actions_overdue", 12.0, -0.05),
        areas=DISTRICTS,
        noise=0.15,
    ),
    *_levels("councils", "quarter", 45, ("prevent_referrals", 11.0, 0.03), ("fraud_vulnerable_victims_supported", 64.0, 0.10), areas=DISTRICTS),
    *_levels("councils", "quarter", 45, ("csp_funding_spent", 148_000.0, 0.03), areas=DISTRICTS, noise=0.10),
    *_shares("councils", "quarter", 45, ("csp_meeting_attendance_rate", 84.0, 0.5, 44), ("svd_milestones_met_rate", 22.0, 9.0, 18), areas=DISTRICTS),
    *_shares(
        "councils",
        "quarter",
        45,
        ("marac_repeat_rate", 31.0, 0.8, 222),
        ("da_repeat_victim_rate", 27.0, 0.4, 1_450),
        ("hate_crime_satisfaction_rate", 79.0, -0.5, 64),
        areas=DISTRICTS,
    ),
    Returned(
        "perception_feels_safe_rate",
        "councils",
        "year",
        71.0,
        -0.8,
        0.012,
        out_of=1_900,
        areas=DISTRICTS,
        segments={"by day": 0.5, "after dark": 0.5},
        lag_days=70,
        decimals=1,
    ),
    *_levels(
        "health",
        "quarter",
        85,
        ("nhs_sharp_object_admissions", 12.0, -0.02),
        ("substance_treatment_starts", 268.0, 0.03),
        areas=DISTRICTS,
        noise=0.08,
    ),
    *_levels("health", "month", 35, ("nhs_assault_attendances", 88.0, 0.02), areas=DISTRICTS, season=SUMMER),
    *_shares("health", "quarter", 85, ("substance_treatment_completion_rate", 36.0, -0.3, 1_720), areas=DISTRICTS),
    *_levels("health", "year", 200, ("drug_related_deaths", 47.0, 0.03), areas=DISTRICTS),
    *_levels("youth justice service", "quarter", 45, ("first_time_entrants", 29.0, -0.06), areas=DISTRICTS),
    *_levels("youth justice service", "quarter snapshot", 30, ("yjs_caseload", 118.0, -0.03), areas=DISTRICTS),
    Returned("focused_deterrence_cohort", "youth justice service", "quarter snapshot", 18.0, 0.10, areas=SWINDON, lag_days=20),
    Returned("county_lines_disruptions", "force serious crime department", "quarter", 23.0, 0.10, areas=DISTRICTS, lag_days=30),
    # the force as an organisation
    Returned(
        "workforce_strength",
        "force people department",
        "month snapshot",
        2_420.0,
        0.012,
        0.003,
        segments={"officers": 0.44, "staff": 0.43, "PCSOs": 0.05, "specials": 0.08},
        lag_days=15,
    ),
    Returned(
        "workforce_establishment",
        "force people department",
        "month snapshot",
        2_510.0,
        0.010,
        0.0,
        segments={"officers": 0.44, "staff": 0.43, "PCSOs": 0.05, "specials": 0.08},
        lag_days=15,
    ),
    Returned("young_in_service_rate", "force people department", "month snapshot", 31.0, 5.5, 0.004, out_of=410, lag_days=15, decimals=1),
    Returned(
        "sickness_rate",
        "force people department",
        "month",
        4.6,
        0.03,
        0.04,
        (1.15, 1.08, 1.0, 0.95, 0.92, 0.92, 0.95, 0.95, 0.98, 1.03, 1.05, 1.02),
        out_of=46_000,
        lag_days=20,
        decimals=1,
    ),
    Returned("ccc_operator_strength", "force people department", "month snapshot", 128.0, -0.02, 0.01, segments={"new starters": 0.18}, lag_days=15),
    Returned("ccc_operator_establishment", "force people department", "month snapshot", 152.0, 0.0, 0.0, lag_days=15),
    Returned("response_vehicle_availability_rate", "force fleet department", "month snapshot", 88.0, -3.2, 0.01, out_of=92, lag_days=15, decimals=1),
    Returned("response_vehicles_on_order", "force fleet department", "month snapshot", 6.0, 0.35, 0.12, lag_days=15),
    Returned(
        "co2_emissions",
        "force estates department",
        "month",
        390_000.0,
        -0.015,
        0.05,
        (1.28, 1.22, 1.12, 0.98, 0.88, 0.80, 0.78, 0.79, 0.86, 0.98, 1.12, 1.19),
        segments={"force": 0.975, "OPCC": 0.025, "buildings": 0.55, "vehicles": 0.40, "business travel": 0.05},
        lag_days=40,
    ),
    *_levels("force professional standards department", "quarter", 60, ("complaints_recorded", 236.0, 0.06)),
    *_shares(
        "force professional standards department",
        "quarter",
        60,
        ("complaints_logged_within_2_days_rate", 81.0, 0.6, 236),
        ("complaints_contacted_within_10_days_rate", 88.0, 0.4, 236),
    ),
    *_levels(
        "OPCC",
        "quarter",
        30,
        ("complaint_reviews_received", 24.0, 0.06),
        ("opcc_decisions_published", 31.0, 0.0),
        ("panel_actions_open", 7.0, 0.0),
        noise=0.12,
    ),
    *_shares("OPCC", "quarter", 30, ("complaint_reviews_upheld_rate", 22.0, -0.5, 22), ("sio_items_current_rate", 91.0, 1.0, 34)),
    *_levels("OPCC", "quarter snapshot", 30, ("peel_causes_of_concern_open", 3.0, 0.0), ("peel_areas_for_improvement_open", 21.0, -0.06), noise=0.0),
    # roads policing: 12 months to June 2023, 10.6 % fewer and 21.3 % more; the department returns after each quarter
    Returned(
        "drink_driving_offences",
        "roads policing department",
        "month",
        49.0,
        0.0,
        0.06,
        (0.95, 0.92, 0.97, 0.99, 1.02, 1.03, 1.05, 1.04, 0.98, 0.99, 0.98, 1.22),
        totals={date(2021, 6, 30): 590, date(2022, 6, 30): 612, date(2023, 6, 30): 547},
        lag_days=25,
        last=date(2023, 6, 30),
    ),
    Returned(
        "drug_driving_offences",
        "roads policing department",
        "month",
        42.0,
        0.0,
        0.06,
        (0.96, 0.95, 0.99, 1.0, 1.02, 1.03, 1.04, 1.03, 0.99, 1.0, 0.98, 1.08),
        totals={date(2021, 6, 30): 498, date(2022, 6, 30): 540, date(2023, 6, 30): 655},
        lag_days=25,
        last=date(2023, 6, 30),
    ),
    # national measures
    *_levels(
        "national statistics",
        "quarter",
        94,
        ("ncpm_serious_violence_volume", 5.0, -0.02),
        ("ncpm_drug_supply_disruptions", 34.0, 0.08),
        ("ncpm_neighbourhood_crime_volume", 1_120.0, -0.03),
        ("ncpm_cyber_crime_volume", 150.0, 0.05),
    ),
    *_levels("national statistics", "quarter", 94, ("ncpm_homicide_volume", 1.6, 0.0), noise=0.6),
    Returned(
        "ncpm_victim_satisfaction_rate",
        "survey provider",
        "quarter",
        75.0,
        -1.0,
        0.012,
        out_of=640,
        segments={"domestic abuse": 0.2},
        lag_days=60,
        decimals=1,
    ),
)

# The Crown Court's stock: what it had at the end of March 2020, and receipts and disposals a quarter, which make it grow.
CROWN_STOCK = 430
CROWN_RECEIPTS = Returned("crown_receipts", "courts service", "quarter", 236.0, 0.01, lag_days=88)
CROWN_DISPOSALS = Returned("crown_disposals", "courts service", "quarter", 223.0, 0.015, lag_days=88)
CROWN_AGES: Weights = {"up to 6 months": 0.50, "6 to 12 months": 0.27, "over 12 months": 0.23}

CORRECTED_SHARE = 0.02  # share of figures that are returned again with a small correction, some weeks later
CORRECTED_BY, CORRECTED_AFTER_DAYS = 0.03, 28
LATEST_DAYS = 63  # returns of the quarter after the period's end are written as far as this


@dataclass(frozen=True)
class Stated:
    """A figure as reported, with its day of return."""

    measure: str
    area: str
    segment: str
    period_type: str
    period_end: date
    value: float
    returned: date
    by: str = "OPCC"
    margin: float | None = None


_SEPT, _OCT = date(2023, 9, 30), date(2023, 10, 2)


def _printed(
    measure: str,
    value: float,
    *,
    area: str = "wiltshire_force",
    segment: str = "",
    period: str = "snapshot",
    end: date = _SEPT,
    returned: date = _OCT,
) -> tuple[Stated, ...]:
    """A figure of the quarter to September 2023; one of a segment is the whole too."""
    rows = [Stated(measure, area, s, period, end, value, returned) for s in dict.fromkeys(("", segment))]
    return tuple(rows)


STATED: tuple[Stated, ...] = (
    *_printed("mobile_police_stations_interim_operating", 2, segment="interim", period="quarter"),
    *_printed("mobile_police_stations_interim_operating", 2, segment="interim"),
    *_printed("mobile_police_stations_dedicated", 2, segment="new dedicated", end=date(2023, 10, 31)),
    *_printed("street_drs_interventions", 8, segment="youth justice service", period="year", end=date(2023, 8, 31), returned=date(2023, 9, 6)),
    *(
        s
        for end, value in ((date(2022, 12, 31), 96), (date(2023, 3, 31), 121), (date(2023, 6, 30), 143))
        for s in _printed("safety_at_night_charter_businesses", value, end=end, returned=end + relativedelta(months=1, day=4))
    ),
    *_printed("safety_at_night_charter_businesses", 158),
    *_printed("eotas_mentoring_project_year", 2),
    *_printed("eotas_children_referred", 8),
    *_printed("eotas_children_supported", 7),
    *_printed("blunt_truth_schools_signed_up", 5, area="wiltshire_county"),
    *_printed("blunt_truth_schools_signed_up", 5, area="swindon"),
    *_printed("blunt_truth_schools_signed_up", 10),
    *_printed("pl_kicks_hours_delivered", 49, area="swindon", period="quarter"),
    *_printed("pl_kicks_hours_delivered", 41, area="swindon", period="quarter", end=date(2023, 6, 30), returned=date(2023, 7, 5)),
    *_printed("pl_kicks_children_engaged", 139, area="swindon", period="quarter"),
    *_printed("pl_kicks_children_engaged", 112, area="swindon", period="quarter", end=date(2023, 6, 30), returned=date(2023, 7, 5)),
    *_printed("pl_kicks_hours_planned", 1_690, area="swindon", period="year", end=date(2024, 3, 31)),
    *_printed("wsyc_members_recruited", 20, period="quarter"),
    *_printed("wsyc_age_limit", 25),
    *_printed("wsyc_member_meetings", 2, period="quarter"),
    *_printed("safer_streets_round", 5),
    *_printed("safer_streets_funding", 1_400_000),
    *_printed("safer_streets_match_funding", 50),
    *_printed("ocg_operation_arrests", 40, period="quarter"),  # "almost", as reported
    *_printed("ocg_operation_charges", 10, period="quarter"),
    *_printed("ocg_operation_cash_seized", 60_000, period="quarter"),  # "more than", as reported
    *_printed("isva_additional_funding", 103_000, end=date(2025, 3, 31)),
    *_printed("isva_annual_contract_price", 477_000, period="year", end=date(2025, 3, 31)),  # "almost", as reported
    *_printed("isva_contract_price_years", 2, period="year", end=date(2025, 3, 31)),
    *_printed("victim_service_review_phase", 1, period="quarter"),
    *_printed("advocacy_sv_contract_length", 6),
    *_printed("sexual_harm_support_areas_recommissioned", 3),
    *_printed("sexual_harm_support_new_providers", 3),
    # the inspectorate's published grades of 2021/22
    *(
        Stated("peel_grade", "wiltshire_force", f"2021/22: {question}", "snapshot", date(2022, 7, 20), 1, date(2022, 8, 10), "inspectorate")
        for question in ("responding to the public", "protecting vulnerable people", "strategic planning and value for money")
    ),
    Stated("peel_questions_graded", "wiltshire_force", "2021/22: inadequate", "snapshot", date(2022, 7, 20), 3, date(2022, 8, 10), "inspectorate"),
    Stated(
        "peel_questions_graded",
        "wiltshire_force",
        "2021/22: requires improvement",
        "snapshot",
        date(2022, 7, 20),
        5,
        date(2022, 8, 10),
        "inspectorate",
    ),
    Stated("crime_recording_accuracy_rate", "wiltshire_force", "", "snapshot", date(2022, 7, 20), 92.4, date(2022, 8, 10), "inspectorate", 2.7),
)

# Additional returns that are impossible, or belong to no measure: they show how such are treated.
ODD: tuple[Stated, ...] = (
    Stated("marac_case", "swindon", "", "month", date(2023, 4, 30), 27, date(2023, 5, 22), "councils"),
    Stated("marac_cases", "Avon", "", "month", date(2023, 5, 31), 12, date(2023, 6, 22), "councils"),
    Stated("da_crime_volume", "wiltshire_force", "", "month", date(2023, 5, 31), 640, date(2023, 6, 22), "councils"),
    Stated(
        "witness_attendance_rate", "wiltshire_force", "by video link", "quarter", date(2023, 3, 31), 104.0, date(2023, 6, 24), "prosecution service"
    ),
)
