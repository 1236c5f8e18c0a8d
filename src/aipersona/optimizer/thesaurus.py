"""The thesaurus of field names: each line is one word for all words (phrases with `_`) that stand for it anywhere."""

from __future__ import annotations

ANYWHERE = """
    car: vehicle automobile motorcar
    phone: telephone mobile cellphone smartphone mobile_phone cell_phone smart_phone handset cell
    email: e_mail mail_address email_address
    flight: plane airplane aeroplane aircraft fly
    seat: seating
    username: handle account_name login
    waste: rubbish garbage trash refuse bin
    expiry: expiration expire expiry_date expiration_date valid_until validity_end
    origin: home_town hometown
    job: occupation profession employment
    employer: employing_company
    house: home housing residential residence
    flat: apartment
    roommate: flatmate housemate
    garden: yard backyard
    landlord: landlady
    child: children kid
    mother: mum mom mama
    father: dad papa
    grandmother: grandma granny nan
    grandfather: grandpa granddad
    spouse: married_partner
    birthday: date_of_birth birth_date birthdate dob birth_day
    birth_place: birthplace place_of_birth
    nationality: citizenship
    zip: postal_code postcode zip_code zipcode post_code
    plate: license_plate licence_plate number_plate plate_number registration_plate
    license: licence driving_permit
    drive: driver driving drivers
    car_insurance: auto_insurance motor_insurance
    insurance_provider: insurer
    internet_provider: isp internet_service_provider
    internet: broadband
    electricity: power_supply
    electricity_provider: power_supplier power_provider power_company energy_supplier energy_provider
    utility: utilities
    bike: bicycle pushbike
    ebike: e_bike electric_bike electric_bicycle pedelec
    motorbike: motorcycle
    computer: pc desktop desktop_computer
    laptop: notebook notebook_computer
    headphone: earphone headset earbud
    operating_system: os
    software: app application
    device: gadget
    game: videogame video_game
    tv: television telly
    series: tv_show tv_series television_series
    movie: movies film
    cookie: cookies
    hoodie: hoodies
    smoothie: smoothies
    calorie: calories
    song: track
    band: music_group musical_group
    author: writer novelist
    music: musical
    musician: music_artist
    instrument: music_instrument musical_instrument
    book: novel
    newspaper: paper
    color: colour
    football: soccer
    basketball: hoops
    cafe: coffee_shop coffeehouse coffee_house
    restaurant: eatery diner
    pub: local_pub
    drink: beverage
    dish: meal
    dessert: pudding
    diet: dietary
    vacation: holiday
    trip: journey
    hobby: pastime
    coding: programming
    vet: veterinarian veterinary_surgeon animal_doctor vet_clinic veterinary_clinic veterinary_practice animal_clinic
    doctor: physician gp general_practitioner family_doctor
    dentist: dental_practice
    hairdresser: hairstylist barber hair_salon barbershop barber_shop
    nearest: closest nearby
    medication: medicine
    allergy: allergen
    blood_type: blood_group
    glasses: spectacles eyewear eyeglasses
    clothes: clothing apparel
    shirt: tshirt t_shirt
    trouser: pants
    sweater: jumper pullover
    sneaker: sneakers
    shoe: footwear
    perfume: fragrance
    university: uni college alma_mater
    major: field_of_study study_field
    degree: academic_degree
    class: lesson
    exam: examination
    zodiac: star_sign zodiac_sign horoscope_sign
    nickname: nick_name
    wake_time: wake_up_time wakeup_time waking_time wake_up_hour get_up_time getting_up_time wake_up
    bedtime: bed_time sleep_time sleeping_time
    salary: wage pay earnings
    loan: credit
    mortgage: home_loan
    pension: retirement_plan
    charity: nonprofit ngo
    child_number: childcount
    brand: manufacturer
    weight: body_weight
    height: body_height
    airport: airfield
    organization: organisation
    emergency_contact: in_case_of_emergency ice_contact
    address: home_address residential_address street_address postal_address mailing_address
    volunteering: volunteer_work voluntary_work
    rating: elo elo_rating
    charger: charging_station wallbox
    editor: text_editor code_editor ide
    housing_status: home_ownership living_situation living_arrangement housing_situation
    stroller: pram pushchair buggy
    fridge: refrigerator
    sofa: couch
    vacuum: vacuum_cleaner hoover
    washing_machine: washer
    lawyer: attorney solicitor
    accountant: tax_advisor tax_adviser tax_consultant
    cleaner: housekeeper cleaning_lady
    babysitter: nanny childminder
    coach: trainer personal_trainer
    boss: manager supervisor line_manager
    colleague: coworker co_worker workmate
    neighbor: neighbour
    deadline: due_date
    supermarket: grocery_store
    shop: store
    metro: subway underground
    taxi: cab
    travel_pass: season_ticket transit_pass
    backpack: rucksack
    skincare: skin_care
    haircut: hair_cut hair_style hairstyle
    weightlifting: weight_lifting weight_training strength_training
    hiking: trekking
    cycling: biking
    personal_best: pb personal_record best_time record_time
    pulse: heart_rate
    water_intake: water_consumption hydration
    smoking: smoker smoking_status
    alcohol: alcohol_consumption alcohol_intake drinking_habit
    console: game_console gaming_console
    username: user_name screen_name
    website: homepage web_site
    lens: lenses
    e_reader: ereader ebook_reader e_book_reader
    secondary_school: high_school
    aquarium: fish_tank
    graphics_card: gpu
    handedness: dominant_hand
    monitor: screen display
    speaker: loudspeaker
    browser: web_browser
    email_client: mail_client
    database: db
    stack: tech_stack technology_stack
    timezone: time_zone
    unit: measurement_unit unit_system measurement_system
    news: news_source news_outlet
    theater: theatre
    concert: gig
    actor: actress
    director: film_director movie_director filmmaker
    soda: soft_drink
    spirit: liquor
    spice_level: spiciness spice_tolerance
    vegetable: veggie
    native_language: mother_tongue native_tongue first_language
    relationship_status: marital_status civil_status
    child: offspring
    wedding_anniversary: wedding_date wedding_day marriage_date
    credit_card: creditcard
    broker: brokerage stock_broker
    deposit: security_deposit
    lease: rental_agreement rental_contract
    solar: solar_panel photovoltaic pv
    parking: parking_space parking_spot
    mileage: odometer
    tire: tyre
    kindergarten: daycare preschool creche nursery
    allowance: pocket_money
"""

IN_CHINESE = """
    car: 汽车 轿车 车子 座驾 车 开车
    phone: 手机 电话
    computer: 电脑
    house: 房子 住宅 家
    flat: 公寓 套房
    floor: 楼层 楼
    pet: 宠物
    cat: 猫
    dog: 狗
    child: 孩子 小孩
    spouse: 配偶 爱人
    wife: 妻子 老婆
    husband: 丈夫 老公
    job: 职业 工作
    employer: 公司 单位 雇主
    desk: 工位 办公桌 书桌
    school: 学校
    university: 大学
    bank: 银行
    plate: 车牌 车牌号 车牌号码
    bike: 自行车 单车
    motorbike: 摩托车
    train: 火车 高铁 列车
    flight: 飞机 航班
    seat: 座位 位子
    metro: 地铁
    commute: 通勤 上下班
    internet: 宽带 网络
    camera: 相机
    watch: 手表
    glasses: 眼镜
    shoe: 鞋 鞋子
    shoe_size: 鞋码 鞋号
    clothes: 衣服
    height: 身高
    weight: 体重
    zodiac: 星座 属相 生肖
    birthday: 生日
    origin: 老家 家乡 故乡 籍贯
    nickname: 昵称 网名 外号
    email: 邮箱
    address: 地址 住址
    gym: 健身房
    tea: 茶
    coffee: 咖啡
    guitar: 吉他
    piano: 钢琴
    color: 颜色
    book: 书
    movie: 电影
    music: 音乐
    salary: 工资 薪水
    rent: 房租 租金
    bedtime: 睡觉时间
    wake_time: 起床时间
"""
"""The Chinese words for a name, in paths and in what is said."""
