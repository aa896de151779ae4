-- 陳情案件之辦結日不早於收文日 / No petition is closed before it was received
select petition_id, received_on, closed_on from marts.petitions where closed_on < received_on
