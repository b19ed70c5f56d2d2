/** English words of the screen Ecopoints. `ecopoints.fr.ts` has the same keys. */
type Numbers = Readonly<Record<string, number>>;

/** How numbers of an advice are shown. */
export interface AdviceShown {
  power(w: number | undefined): string;
  energy(wh: number | undefined): string;
  price(price: number | undefined): string;
  percent(ppm: number | undefined): string;
}

export const ecopointsEn = {
  title: "Ecopoints",
  lead: "Use less than your target and earn points, which partners nearby take for something good.",
  balance: "Your points",
  earned: (points: string) => `${points} earned in all`,
  points: (points: string) => `${points} points`,
  target: "Target of the month",
  usedOf: (used: string, target: string) => `${used} of ${target}`,
  forecast: "At the end of the month",
  forecastNote: (points: string) => `${points} points if it stays so`,
  bill: "Bill to expect",
  billNote: (alone: string) => `instead of ${alone} with the grid alone`,
  billNoteEarns: (alone: string) => `with the grid alone you would be paid ${alone}`,
  billEarns: "You will be paid",
  days: (days: number) => (days === 1 ? "1 day left" : `${days} days left`),
  alerts: {
    on_course: { title: "You are on course", text: "At this pace you stay below your target." },
    close: {
      title: "It will be close",
      text: "At this pace you end just below your target. A little care keeps it so.",
    },
    above: {
      title: "You are about to pass your target",
      text: "At this pace you use more than your target allows. There is still time.",
    },
  } as Readonly<Record<string, { title: string; text: string }>>,
  chart: "Day by day",
  chartHint: "Point at a day to read it.",
  usedSoFar: "Used so far",
  allowed: "Target so far",
  day: "Day",
  usedDay: "On the day",
  today: "Today",
  formula: "How your target is worked out",
  formulaText: (expected: string, target: string, less: string) =>
    `We expect ${expected} from your own past and the weather. The target is ${less} less: ${target}.`,
  formulaDetail: "In full",
  missing: (count: number) =>
    count === 1
      ? "One interval of the month has no measured reading yet."
      : `${count} intervals of the month have no measured reading yet.`,
  noTargetTitle: "No target for this month yet",
  noTarget: "Your coach sets one once it knows enough of your past use.",
  adviceTitle: "One thing that would help",
  advice: {
    check_standby: (v: Numbers, f: AdviceShown) =>
      `At night you still use ${f.power(v["night_w"])}. Something large never sleeps: an old fridge, a water heater, a forgotten heater?`,
    raise_buy: (v: Numbers, f: AdviceShown) =>
      `In ${v["hours"] ?? 0} hours your neighbours' electricity cost ${f.price(v["price"])} and you bought from the grid: your price lay below. Raise it a little.`,
    lower_sell: (v: Numbers, f: AdviceShown) =>
      `In ${v["hours"] ?? 0} hours your neighbours paid ${f.price(v["price"])} and you sold to the grid for less: your price lay above. Lower it a little.`,
    shift_to_midday: (v: Numbers, f: AdviceShown) =>
      `Only ${f.percent(v["midday_ppm"])} of your use falls around midday, when neighbours send ${f.energy(v["surplus_wh"])} a day to the grid. Start the washing machine then.`,
    keep_going: () => "Nothing stands out: keep going like this.",
  } as Readonly<Record<string, (values: Numbers, shown: AdviceShown) => string>>,
  toMarket: "My prices",
  past: "Earlier months",
  outcomes: {
    open: "not settled yet",
    award: "met",
    miss: "missed",
    no_data: "too few readings",
    account_closed: "account closed",
  } as Readonly<Record<string, string>>,
  month: "Month",
  used: "Used",
  outcome: "Outcome",
  pointsColumn: "Points",
  offers: "What you can get",
  offersEmptyTitle: "No offer right now",
  offersEmpty: "Partners' offers appear here. Your points stay yours.",
  left: (count: number) => (count === 1 ? "1 left" : `${count} left`),
  until: (date: string) => `until ${date}`,
  get: "Get it",
  short: (points: string) => `${points} points more`,
  review: {
    title: "Spend points",
    offer: "You get",
    partner: "From",
    price: "For",
    after: "Left afterwards",
    note: "You get a voucher to show to the partner. Spent points do not come back.",
    action: "Spend them",
  },
  redeemed: "Here is your voucher.",
  vouchers: "Your vouchers",
  voucherShow: "Show",
  voucherTitle: "Show this to the partner",
  voucherHint: "The partner types this number. It is good once.",
  voucherStates: { open: "good", used: "used", expired: "expired" } as Readonly<Record<string, string>>,
  usedOn: (date: string) => `used on ${date}`,
  partner: {
    title: "For partners",
    text: "Type the number of a voucher that you are shown. It is then used.",
    field: "Number of the voucher",
    wrong: "Type the number as it stands on the voucher.",
    action: "Take it",
    reviewTitle: "Take a voucher",
    reviewVoucher: "Voucher",
    reviewNote: "It can be taken once. Your wallet may call this a transaction: it costs nothing here.",
    done: "Taken.",
  },
  desk: {
    title: "Your offers",
    publish: "New offer",
    emptyTitle: "No offer yet",
    empty: "Publish one: members then see it here and can spend their points on it.",
    offer: "Offer",
    price: "Points",
    left: "Left",
    issued: "Sold",
    used: "Taken",
    until: "Until",
    state: "State",
    states: { open: "open", closed: "closed", over: "over", gone: "sold out" },
    close: "Close",
    form: {
      title: "What members get",
      titleMissing: "Say in a few words what it is.",
      text: "In one sentence",
      textHint: "Where, when, and what to bring. It cannot be changed later.",
      textMissing: "Say in a sentence what members get.",
      price: "Price",
      unit: "points",
      priceWrong: "Write a whole number of points, more than 0.",
      stock: "How many",
      stockWrong: "Write a whole number from 1 to 1,000,000.",
      until: "Good until",
      untilHint: "Vouchers sold are good to the end of that day.",
      untilWrong: "Choose a day to come.",
      next: "Go on",
    },
    review: {
      publish: "Publish an offer",
      publishNote:
        "It stands for all members to see and cannot be changed, only closed. Your wallet may call this a transaction: it costs nothing here.",
      publishAction: "Publish it",
      close: "Close an offer",
      closeNote: "Nobody can get it any more. Vouchers already sold stay good: keep your word to those.",
      closeAction: "Close it",
      sold: "Sold so far",
    },
    published: "Published.",
    closedDone: "Closed.",
  },
  refusals: {
    known: {
      EcopointsVoucherUnknown: "There is no such voucher. Check the number.",
      EcopointsVoucherUsed: "This voucher has been used already.",
      EcopointsVoucherExpired: "This voucher is no longer good.",
      EcopointsNotOfferPartner: "This belongs to another partner's offer.",
      EcopointsOfferClosed: "This offer has been closed already.",
      EcopointsOfferInvalid: "Price, number or last day is not possible.",
      AccessManagedUnauthorized: "Your account is no partner's. Ask the operator.",
    } as Readonly<Record<string, string>>,
    otherwise: "The community did not accept this. Nothing has changed.",
    pending: "It was sent, but has not happened yet. Look again in a few minutes.",
  },
};

export type EcopointsTexts = typeof ecopointsEn;
