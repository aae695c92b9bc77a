DROP TABLE booking_weather;
