/** The parts of an owner's settings, as the address names them. */
export const settingsParts = ['security', 'notifications', 'reminders'] as const;

export type SettingsPart = (typeof settingsParts)[number];
