"""One example row of each register, shown in the sheet to fill in; names as they are written, never translated."""

EXAMPLES: dict[str, dict[str, str]] = {
    "bases": {"name": "Thư viện tỉnh, cơ sở Nha Trang", "short_name": "Nha Trang", "point": "12,2451; 109,1943"},
    "sites": {
        "code": "NT012",
        "name": "Trường Tiểu học Khánh Bình",
        "kind": "Trường tiểu học",
        "commune": "Xã Khánh Vĩnh",
        "commune_code": "22609",
        "former_district": "Huyện Khánh Vĩnh",
        "point": "12,2791; 108,9012",
        "windows": "T2-T6 07:30-10:30; T2-T6 13:30-16:30",
        "blocked": "20/11/2027; 01/05/2027-10/05/2027 sửa sân",
        "people": "420",
        "contact": "Nhân viên thư viện trường",
    },
    "needs": {
        "site_id": "NT012",
        "service": "Xe về phục vụ",
        "first_day": "15/12/2026",
        "last_day": "14/06/2027",
        "quota": "2",
        "minutes": "120",
    },
}
