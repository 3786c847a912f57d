"""What the road, suspect and section 60 extracts need of ingest: published headers, hashed persons, files without rows."""

from datetime import date

from tests.landing import Landing, contracts

# The Department for Transport's own headers, of the files before and after it renamed accidents to collisions.
BEFORE = (
    "accident_index,accident_year,accident_reference,location_easting_osgr,location_northing_osgr,longitude,latitude,police_force,"
    "accident_severity,number_of_vehicles,number_of_casualties,date,day_of_week,time,local_authority_district,local_authority_ons_district,"
    "local_authority_highway,first_road_class,first_road_number,road_type,speed_limit,junction_detail,junction_control,second_road_class,"
    "second_road_number,pedestrian_crossing_human_control,pedestrian_crossing_physical_facilities,light_conditions,weather_conditions,"
    "road_surface_conditions,special_conditions_at_site,carriageway_hazards,urban_or_rural_area,did_police_officer_attend_scene_of_accident,"
    "trunk_road_flag,lsoa_of_accident_location"
)
AFTER = BEFORE.replace("accident", "collision").replace("collision_reference", "collision_ref_no")
ROW = (
    "2022540000001,2022,540000001,412345,161234,-1.82,51.35,54,2,2,1,18/06/2022,7,15:30,635,E06000054,E06000054,3,361,6,60,0,-1,0,-1,0,0,1,1,1,0,0,"
    "2,1,2,E01031801"
)


def test_collisions_are_taken_under_either_of_the_publisher_s_headers(tmp_path):
    landing = Landing.at(tmp_path)
    for name, header in (("before.csv", BEFORE), ("after.csv", AFTER)):
        outcome = landing.take(f"collisions/{name}", f"{header}\n{ROW.replace('0000001', name[0] + '1')}\n")
        assert (outcome.status, outcome.rows_accepted, outcome.unexpected_columns) == ("loaded", 1, None), outcome.message
    rows = landing.query("select force_code, date, collision_severity, number_of_casualties, serious_casualties, speed_limit from raw.collisions")
    assert rows == [("54", date(2022, 6, 18), "serious", 1, None, 60)] * 2


def test_minus_one_is_not_known(tmp_path):
    landing = Landing.at(tmp_path)
    landing.take("collisions/a.csv", f"{BEFORE}\n{ROW.replace('E06000054', '-1').replace('-1.82,51.35', '-1,-1')}\n")
    assert landing.query("select longitude, latitude, local_authority_ons_district from raw.collisions") == [(None, None, None)]


def test_suspects_are_hashed_at_the_door(tmp_path):
    landing = Landing.at(tmp_path)
    text = "as at,nominal ref,crime number,force,status\n2023-08-02,N 123,5423070001,wiltshire,Wanted\n2023-08-01,N123,5423070001,wiltshire,Traced\n"
    assert landing.take("suspects/a.csv", text).rows_accepted == 2
    rows = landing.query("select suspect_id, status from raw.suspects order by snapshot_date desc")
    assert [status for _, status in rows] == ["outstanding", "located"]
    assert len({person for person, _ in rows}) == 1, "one person, however the number is spaced"
    assert len(rows[0][0]) == 64
    assert "N123" not in str(landing.said)


def test_a_register_without_rows_is_taken_and_so_is_its_repetition(tmp_path):
    landing = Landing.at(tmp_path)
    header = ",".join(c.name for c in contracts().feeds["section_60"].columns) + "\n"
    outcome = landing.take("section_60/section_60_2023-06_x20230702T0900.csv", header)
    assert (outcome.status, outcome.rows_read) == ("loaded", 0), outcome.message
    landing.write("section_60/section_60_2023-07_x20230802T0900.csv", header)
    landing.run("section_60")
    known = landing.query("select file_path from ingest.file_stats where file_hash in (select file_hash from ingest.loads where status = 'loaded')")
    assert len(known) == 2
