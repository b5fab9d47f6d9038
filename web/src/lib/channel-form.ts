/** A channel as people fill it in: hours and minutes instead of milliseconds. */

import type { Channel, SettingValue } from './types.ts';

const MINUTE_MS = 60_000;

export interface ChannelFields {
  network: string;
  name: string;
  kind_name: string;
  icon: string;
  mode: Channel['mode'];
  purpose: string;
  owner_id: string;
  deputy_id: string;
  department_id: string;
  hours: number | null;
  target: number | null;
  /** What the network itself wants to know, as GET /networks lists it. */
  settings: Record<string, SettingValue>;
}

export const ICONS = ['message', 'mail', 'phone', 'globe', 'hash', 'at', 'star', 'store', 'users', 'camera', 'place'];

export function fromChannel(channel: Channel | null, ownerId: string): ChannelFields {
  return {
    network: channel?.network ?? 'custom',
    name: channel?.name ?? '',
    kind_name: channel?.kind_name ?? '',
    icon: channel?.icon || 'message',
    mode: channel?.mode ?? 'dialogue',
    purpose: channel?.purpose ?? '',
    owner_id: channel ? (channel.owner?.id ?? '') : ownerId,
    deputy_id: channel?.deputy?.id ?? '',
    department_id: channel?.department?.id ?? '',
    hours: channel?.planned_minutes ? channel.planned_minutes / 60 : null,
    target: channel?.target_ms ? channel.target_ms / MINUTE_MS : null,
    settings: { ...channel?.settings },
  };
}

/** The request: with `old`, null clears what was there; without, nothing is left out. */
export function toRequest(fields: ChannelFields, old: Channel | null): Record<string, unknown> {
  const optional = (name: string, value: string | number | null, before: unknown) =>
    value !== '' && value !== null ? { [name]: value } : old && before ? { [name]: null } : {};
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields.settings)) {
    if (value !== '' && value !== null && value !== false) settings[name] = value;
    else if (old && old.settings[name] !== undefined) settings[name] = null;
  }

  return {
    ...(old ? {} : { network: fields.network }),
    name: fields.name,
    kind_name: fields.kind_name,
    icon: fields.icon,
    mode: fields.mode,
    purpose: fields.purpose,
    ...optional('owner_id', fields.owner_id, old?.owner),
    ...optional('deputy_id', fields.deputy_id, old?.deputy),
    ...optional('department_id', fields.department_id, old?.department),
    ...optional('planned_minutes', fields.hours === null ? null : Math.round(fields.hours * 60), old?.planned_minutes),
    ...optional('target_ms', fields.target === null ? null : Math.round(fields.target * MINUTE_MS), old?.target_ms),
    settings,
  };
}
