-- 工地座標皆落在臺南市範圍 / Every site lies within the bounds of Tainan
select site_id, longitude, latitude
from marts.sites
where not (longitude between 119.9 and 120.8 and latitude between 22.8 and 23.5)
