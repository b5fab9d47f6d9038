/** Shapes of docs/api.md, as far as the interface reads them. */

export interface Named {
  id: string;
  name: string;
}

export interface Account extends Named {
  email: string;
  language: string;
  role: { slug: string; name: string };
  rights: string[];
  departments: (Named & { is_head: boolean })[];
  totp_enabled: boolean;
  trained: boolean;
}

export interface Workspace extends Named {
  slug: string;
  language: string;
  time_zone: string;
  /** Solving plans the question "did it hold?" for so many days later. */
  check_back_days: number;
  /** Filled to try things with; see `draht demo remove`. */
  demo?: boolean;
  /** A mailbox is connected that can tell our own people something. */
  can_mail?: boolean;
}

export interface Preferences {
  undo_seconds: number;
  single_keys: boolean;
  /** A mail each working morning with what waits. */
  digest: boolean;
}

export interface Me {
  account: Account;
  preferences?: Preferences;
  workspace: Workspace;
  csrf_token: string;
}

export interface ChannelRef extends Named {
  network: string;
  kind_name: string;
  icon: string;
}

export type ConversationState = 'new' | 'open' | 'waiting' | 'solved' | 'closed';

export interface Conversation {
  id: string;
  state: ConversationState;
  waiting_for: string;
  priority: number;
  intent: string;
  intent_by: string;
  topic: string;
  suggestion: string;
  /** What its messages say, for the list: urgent, negative, unsure … */
  marks: string[];
  /** What raises it on Today, the weightiest first. */
  raised_by: string[];
  channel: ChannelRef;
  thread: { id: string; kind: string; visibility: Visibility; title: string; url: string };
  person: Named & { relation: string; outreach_locked: boolean };
  profile: Named & { handle: string; proved: boolean };
  department: Named | null;
  assignee: Named | null;
  opened_at: string;
  waiting_since_at: string | null;
  due_at: string | null;
  overdue: boolean;
  first_reaction_at: string | null;
  last_message_at: string;
  snooze_until_at: string | null;
  solved_at: string | null;
  reopened_count: number;
  closed_at: string | null;
  close_reason: string;
  close_note: string;
  excerpt: string;
  tags: string[];
  merged_into: string | null;
  version: number;
}

/** What the people of a workspace taught as a whole, and how the last training went. */
export interface OwnModel {
  /** Empty: none is in force. */
  version: string;
  since_at: string | null;
  learned: number;
  tried_at: string;
  outcome: 'taken' | 'refused' | 'harms' | 'few';
  tried: number;
  right_shipped: number;
  right_at_once: number;
  right_trained: number;
}

/** Nearly the same messages, counted up to `most`. */
export interface Alike {
  id: string;
  said: number;
  people: number;
  conversations: number;
  open: number;
  most: number;
  scale: 'single' | 'some' | 'many';
  first_at: string;
  last_at: string;
  excerpt: string;
}

export type Visibility = 'public' | 'private';

export interface Outbox {
  id: string;
  state:
    | 'held'
    | 'queued'
    | 'sending'
    | 'unknown'
    | 'uncertain'
    | 'sent'
    | 'failed'
    | 'cancelled';
  reason: string;
  held_for?: string;
  send_after_at?: string | null;
  sent_at?: string | null;
  /** A copy by mail that was not needed: seen, withdrawn. */
  how?: string;
  attempts?: number;
  created_at?: string;
  message_id?: string;
  conversation_id?: string;
}

/** One thing that a message says; see lib/findings.ts. */
export interface Finding {
  kind: string;
  value: string;
  source: 'model' | 'list' | 'rule' | 'person';
  unsure: boolean;
  permille: number;
  /** The words that carry it, in units of `body`; none: all of it. */
  spans: { from: number; to: number }[];
  by: Named | null;
  judged_at: string | null;
}

export interface Message {
  id: string;
  conversation_id: string | null;
  thread_id: string;
  parent_id: string | null;
  direction: 'in' | 'out' | 'other';
  visibility: Visibility;
  automatic: boolean;
  official: boolean;
  third_party: string;
  confirmed: boolean;
  author: {
    profile_id: string | null;
    person_id: string | null;
    name: string;
    handle: string;
    proved: boolean;
    is_us: boolean;
    impostor: boolean;
    account_id: string | null;
  };
  body: string;
  /** Of a mail that quotes or is signed, what they wrote just now; else empty. */
  own: string;
  /** A letter that can be shown as it was sent. */
  original: boolean;
  findings: Finding[];
  /** The version of the model that found them; empty: nobody looked yet. */
  model: string;
  versions: number;
  sent_at: string;
  edited_at: string | null;
  removed_at: string | null;
  /** On its network: shown (''), held, spam, or gone without anybody saying so. */
  standing: '' | 'held' | 'spam' | 'gone';
  /** Whether it may be read on public pages, when somebody (or a rule) decided. */
  moderation: { state: 'held' | 'released' | 'hidden'; reason: string; note: string } | null;
  /** What its network lets us do about the author, and what was done. */
  restraint_offers: Restraint['kind'][];
  restraints: Restraint[];
  check_back: boolean;
  /** What the body is about, said in its first line (CW); '' for none. */
  warning: string;
  attachments: { id: string; name: string; mime: string; size: number; url: string; description: string }[];
  reactions: Record<string, number>;
  /** Of a post of ours, what its network counted last; null: nobody counted. */
  measured: Counted | null;
  /** The network's number of answers beside ours, when they differ for longer than a round. */
  answers_differ: AnswersDiffer | null;
  outbox: Outbox | null;
  /** Its copy by mail, where somebody left an address for answers. */
  mail: Outbox | null;
  depth?: number;
}

/** A report, a mute or a block of the author of a message, on its network. */
export interface Restraint {
  id: string;
  message_id: string;
  profile_id: string;
  kind: 'report' | 'mute' | 'block';
  state: 'waiting' | 'stands' | 'refused' | 'unsure' | 'lifting' | 'lifted';
  reason: string;
  note: string;
  forward: boolean;
  trouble: string;
  answer: string;
  kept: number;
  asked_at: string;
  asked_by: { id: string; name: string } | null;
  until_at: string | null;
  ended_at: string | null;
}

export interface Note {
  id: string;
  body: string;
  created_at: string;
  /** Me, and I have not seen it yet. */
  names_me: boolean;
  author: Named | null;
}

export interface CheckBack {
  id: string;
  state: 'planned' | 'due' | 'sent' | 'answered' | 'cancelled';
  due_at: string;
  draft: string;
  outcome: string;
  topic?: string;
  conversation?: Conversation;
  person?: Named;
}

export interface FileRef {
  id: string;
  name: string;
  mime: string;
  size: number;
  /** What it shows, for whoever does not see it. */
  description?: string;
}

/** Which files the network takes with one reply. */
export interface FileRule {
  most: number;
  most_bytes: number;
  pictures: boolean;
  descriptions: boolean;
}

export interface Draft {
  body: string;
  visibility: Visibility;
  note: string;
  /** The message that is answered; null: the newest. */
  parent_id: string | null;
  attachments: FileRef[];
}

export interface ConversationPage extends Conversation {
  messages: Message[];
  notes: Note[];
  outbox: Outbox[];
  check_backs: CheckBack[];
  draft: Draft | null;
  answering: Named[];
  /** How far the person has seen our answers, where their side tells. */
  seen: { message_id: string; at: string } | null;
  /** Where answers go by mail, too; channel_id null: by no channel at present. */
  mail_wish: { address: string; asked_at: string; channel_id: string | null; unseen_ms: number } | null;
  others: Conversation[];
  /** Others say nearly the same as one of its messages. */
  alike: Alike | null;
  permalink: string;
  reply_rules: ReplyRules;
}

export interface Profile {
  id: string;
  channel_id: string;
  channel: ChannelRef;
  external_id: string;
  handle: string;
  proved: boolean;
  name: string;
  url: string;
  followers: number;
  is_us: boolean;
  impostor: boolean;
}

export interface Person {
  id: string;
  name: string;
  relation: string;
  contact_count: number;
  address_form: string;
  outreach_locked: boolean;
  outreach_locked_at: string | null;
  outreach_lock_reason: string;
  note: string;
  first_seen_at: string;
  last_seen_at: string;
}

export interface TimelineMessage extends Message {
  channel: ChannelRef;
}

export interface PersonPage extends Person {
  profiles: Profile[];
  conversations: Conversation[];
  timeline: TimelineMessage[];
}

/** How long a text may be, by the network's own way of counting. */
export interface LengthRule {
  /** 0: no limit of its own. */
  most: number;
  unit: 'graphemes' | 'characters' | 'utf16' | 'bytes';
  /** Each address counts as so many; 0: as it is written. */
  link: number;
  most_bytes: number;
}

/** What the channel can carry. */
export interface ReplyRules {
  /** Why nothing leaves by it. */
  closed: '' | 'retired' | 'listens';
  files: boolean;
  file_rule: FileRule;
  /** A reply may say before it what it is about (CW). */
  warning: boolean;
  public: LengthRule | null;
  private: LengthRule | null;
}

export interface Thread {
  id: string;
  channel: ChannelRef;
  kind: string;
  visibility: Visibility;
  url: string;
  title: string;
  counts: { messages: number; hidden: number };
  conversations: Conversation[];
  messages: Message[];
}

export interface LogEntry {
  seq: number;
  at: string;
  actor_kind: 'system' | 'account' | 'person' | 'command';
  actor: Named | null;
  kind: string;
  facts: Record<string, unknown> | null;
}

export type SettingValue = string | number | boolean | null;

/** One row of the form by which a channel is set up. */
export interface Setting {
  name: string;
  type: 'text' | 'lines' | 'url' | 'int' | 'bool' | 'colour';
  label: string;
  help: string;
  required: boolean;
  secret: boolean;
  /** A secret that people fill in; it is kept and never shown. */
  given: boolean;
}

export interface Network {
  network: string;
  name: string;
  capabilities: string[];
  settings: Setting[];
}

export interface Channel extends ChannelRef {
  mode: 'dialogue' | 'listen' | 'none';
  effective_mode: 'dialogue' | 'listen' | 'none';
  purpose: string;
  owner: Named | null;
  deputy: Named | null;
  department: Named | null;
  planned_minutes: number | null;
  target_ms: number | null;
  settings: Record<string, SettingValue>;
  credential_given: boolean;
  /** It can be connected by its network's own page. */
  consent: boolean;
  /** What comes in is signed with a secret of this channel. */
  signed: boolean;
  warnings: { code: string; message: string }[];
  retired_at: string | null;
  forwarding_note: string;
}

export interface Health {
  last_inbound_at: string | null;
  last_success_at: string | null;
  last_error: string;
  last_error_at: string | null;
  accepted: number;
  duplicates: number;
  waiting_raw: number;
  failed_raw: number;
  silent_since_at: string | null;
  usual_silence_ms: number;
  outbox: { queued: number; unknown: number; uncertain: number; failed: number };
  /** What lets us in, where it is renewed by itself and this node holds it. */
  token: { renewed_at: string; until_at: string | null } | null;
  sending: {
    state: 'closed' | 'open' | 'probing';
    failures: number;
    last_failure: string;
    next_try_at: string | null;
    budget: { calls: number; left: number } | null;
    /** Both only with a class: how long it is waited in doubt, and how late a reply showed. */
    quiet_ms?: number;
    shown_after_ms?: number | null;
  };
  polling: {
    watching: boolean;
    last_at: string | null;
    next_at: string | null;
    failed_at: string | null;
    error: string;
    trouble: string;
    /** Of what cannot be fetched while the rest can; empty: all can. */
    part_error: string;
    part_trouble: string;
    recounted_at: string | null;
    reread_at: string | null;
    reread_missed: number;
  } | null;
}

export interface User extends Named {
  email: string;
  role: { slug: string; name: string };
  departments: (Named & { is_head: boolean })[];
  disabled: boolean;
  invited: boolean;
  trained: boolean;
}

export interface Slot {
  weekday: number;
  from: string;
  until: string;
}

export interface Hours {
  id: string;
  /** A day of its own time zone. */
  valid_from: string;
  time_zone: string;
  slots: Slot[];
  holidays: string[];
}

export interface Department extends Named {
  hours: Hours | null;
  planned_hours: Hours[];
  retired_at?: string | null;
}

export interface Session {
  id: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string;
  address: string;
  current: boolean;
}

export interface Token {
  id: string;
  name: string;
  scopes: string[] | string;
  created_at: string;
  last_used_at: string | null;
}

export interface Webhook {
  id: string;
  name: string;
  url: string;
  kinds: string[];
  enabled: boolean;
  ended: '' | 'person' | 'gone' | 'failing';
  failing_at: string | null;
  told_at: string | null;
  ends_at: string | null;
  delivered_at: string | null;
}

export interface Delivery {
  id: string;
  kind: string;
  state: 'waiting' | 'delivered' | 'failed';
  tries: number;
  status: number;
  answer: string;
  reason: string;
  created_at: string;
  tried_at: string | null;
  next_at: string | null;
}

export interface Figure {
  n: number;
  /** Of them something was hidden. */
  hidden: number;
  value: number | null;
  median_ms: number | null;
  p90_ms: number | null;
  service_median_ms: number | null;
  service_p90_ms: number | null;
  survival_median_ms: number | null;
  customer_median_ms: number | null;
  /** What is divided by what, of a figure that tells it. */
  sum: number | null;
  base: number | null;
}

export interface Mark extends Figure {
  key: string;
  label: string;
}

/** null is not nought: the network does not say it. */
export interface Counted {
  at: string;
  followers?: number | null;
  likes?: number | null;
  shares?: number | null;
  quotes?: number | null;
  replies?: number | null;
  views?: number | null;
}

export interface AnswersDiffer {
  network: number;
  here: number;
  hidden: number;
  removed: number;
  since: string;
}

/** What a poll of a channel found. */
export interface Gap {
  id: string;
  asked_by: 'timer' | 'command' | 'night';
  ended_at: string;
  added: number;
  missed: number;
  removed: number;
  unclear: number;
  refused: number;
}

export interface CountedPoint {
  at: string;
  kind: string;
  number: number | null;
}

export interface MeasuredSeries {
  channel_id: string;
  measures: boolean;
  measured: Counted | null;
  failed_at: string | null;
  error: string;
  items: CountedPoint[];
}

export interface ReportHead {
  metric: string;
  unit: 'ms' | 'number' | 'share' | 'permille';
  title: string;
  definition: string;
}

export interface Report extends ReportHead, Figure {
  open_items: { conversation_id: string; since: string; waiting_ms: number }[];
  open_count: number;
  series: Mark[];
  parts: Mark[];
  pending: number;
  no_data: boolean;
}

export interface LiveEvent {
  seq: number;
  at: string;
  kind: string;
  conversation_id: string | null;
  thread_id: string | null;
  person_id: string | null;
  channel_id: string | null;
  message_id: string | null;
}
