/** The cities to choose from when the device does not tell where it is (APP-14). */
export const cities = {
  athens: { latitude: 37.9838, longitude: 23.7275, zoom: 10.6 },
  thessaloniki: { latitude: 40.6301, longitude: 22.9444, zoom: 11 },
  patras: { latitude: 38.2466, longitude: 21.7346, zoom: 11.5 },
  heraklion: { latitude: 35.3287, longitude: 25.1442, zoom: 11.5 },
  larissa: { latitude: 39.639, longitude: 22.4191, zoom: 11.8 },
} as const;

export type City = keyof typeof cities;

export const cityNames = Object.keys(cities) as City[];

export function isCity(value: unknown): value is City {
  return typeof value === 'string' && value in cities;
}
