// What an operator does from the page, each thing for real: seen before it is done, with a reason, done once, shown by the page
// without loading it again, and taken back where that can be.

import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPEARS_MS, DashboardBrowser } from '../support/dashboard-browser.ts';
import { DashboardStage } from '../support/dashboard-stage.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let stage: DashboardStage;
let browser: DashboardBrowser;
beforeAll(async () => {
  scratch = new Scratch();
  // Whoever holds what others wait for is silent at once.
  scratch.write('.brigade/policy.json', JSON.stringify({ silentHolder: { afterMs: 1_000 } }));
  stage = await DashboardStage.set(scratch);
  browser = await DashboardBrowser.start();
});
afterAll(async () => {
  await browser.close();
  await stage.server.end('SIGKILL');
  await scratch.close();
});
afterEach(() => browser.closePages());

const LIMIT = { timeout: APPEARS_MS };
/** Sooner than what is asked for again without any event. */
const AT_ONCE = { timeout: 8_000 };

/** A page whose operator typed the token. */
async function signedIn(path: string): Promise<Page> {
  const page = await browser.open(`${stage.server.url}${path}`);
  await page.getByRole('button', { name: 'Act as operator' }).first().click();
  await signIn(page, stage.operatorToken);
  await page.getByRole('button', { name: 'Stop acting as an operator' }).waitFor();
  return page;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Operator token').fill(token);
  await page.getByRole('button', { name: 'Go on' }).click();
}

interface Logged {
  readonly seq: number;
  readonly type: string;
  readonly actor: string;
  readonly sentence: string;
  readonly [fact: string]: unknown;
}

async function logged(type: string): Promise<readonly Logged[]> {
  const answer = await fetch(`${stage.server.url}/v1/events?after=0&limit=1000&type=${type}`);
  return ((await answer.json()) as { readonly events: readonly Logged[] }).events;
}

interface Doing {
  readonly button: Locator;
  /** What it says that it would do. */
  readonly foresees?: RegExp;
  readonly reason: string;
  readonly verb: string;
}

/** Opens an act, reads what it would do, writes why, and does it, with a second click that comes at once. */
async function act(page: Page, { button, foresees, reason, verb }: Doing): Promise<Locator> {
  await button.click();
  const dialog = page.getByRole('dialog');
  const does = dialog.getByRole('button', { name: verb, exact: true });
  if (foresees !== undefined)
    await dialog.getByRole('region', { name: 'What it would do' }).getByText(foresees).first().waitFor();
  expect(await does.isDisabled(), 'nothing is done without a reason').toBe(true);
  await dialog.getByRole('textbox').fill('   ');
  expect(await does.isDisabled(), 'blanks are no reason').toBe(true);
  await dialog.getByRole('textbox').fill(reason);
  await does.dblclick();
  await dialog.getByText(/: done\./).waitFor();
  return dialog;
}

async function close(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'hidden' });
}

async function undo(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Undo' }).dblclick();
  await dialog.getByText('Taken back.').waitFor();
  await close(dialog);
}

/** What has the focus, in a word. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    '(({ tagName, ariaLabel, textContent }) => tagName + ": " + (ariaLabel ?? textContent ?? ""))(document.activeElement)',
  );
}

describe('who acts', () => {
  it('types the token of the fleet; another one is refused in words, and too many of them for a while', async () => {
    const page = await browser.open(stage.server.url);
    await page.getByRole('button', { name: 'Act as operator' }).click();
    await page.getByRole('dialog', { name: 'Act as operator' }).waitFor();
    await signIn(page, 'not-the-token');
    const alert = page.getByRole('dialog').getByRole('alert');
    await alert.getByText('This is not the operator token of this fleet.').waitFor();
    await alert.getByText(/brigade token operator/).waitFor();
    await signIn(page, stage.operatorToken);
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByTitle('This browser may act as an operator.').waitFor();
    expect(await focused(page)).not.toMatch(/^BODY/);
    await page.getByRole('button', { name: 'Stop acting as an operator' }).click();
    await page.getByRole('button', { name: 'Act as operator' }).waitFor();
    expect(browser.complaints()).toEqual([expect.stringMatching(/^403 for .*\/auth\/token$/)]);
  });

  it('is the same in two tabs, and in both nobody any more', async () => {
    const page = await signedIn('/');
    const other = await page.context().newPage();
    await other.goto(stage.server.url);
    await other.getByRole('button', { name: 'Stop acting as an operator' }).click();
    await other.getByRole('button', { name: 'Act as operator' }).waitFor();
    await page.getByRole('button', { name: 'Act as operator' }).waitFor();
    expect(browser.complaints()).toEqual([]);
  });
});

describe('an agent', () => {
  it('is paused, and no more; resumed; archived and restored; the log has each with name and reason', async () => {
    await stage.register('ana');
    const page = await signedIn('/agents/ana');
    const button = (name: string): Locator => page.getByRole('main').getByRole('button', { name, exact: true });
    const pause = {
      button: button('Pause'),
      foresees: /ana is paused by operator:\S+: "…"$/,
      reason: 'it loops',
      verb: 'Pause',
    };
    await undo(await act(page, pause));
    await button('Pause').waitFor();
    expect(await focused(page)).toBe('BUTTON: Pause');
    const [paused, ...again] = await logged('agent.paused');
    const [resumed] = await logged('agent.resumed');
    expect(again).toEqual([]);
    expect([paused?.sentence, resumed?.sentence]).toEqual([
      expect.stringMatching(/^ana is paused by operator:\S+: "it loops"$/),
      expect.stringMatching(/^ana is active again, by operator:\S+: "Taken back\."$/),
    ]);

    await close(await act(page, pause));
    await button('Resume').waitFor();
    // What had the focus is gone.
    expect(await focused(page)).not.toMatch(/^BODY/);
    await close(await act(page, { button: button('Resume'), reason: 'it is mended', verb: 'Resume' }));
    await button('Pause').waitFor();
    const archive = {
      button: button('Archive'),
      foresees: /ana is archived/,
      reason: 'over for today',
      verb: 'Archive',
    };
    await close(await act(page, archive));
    await close(await act(page, { button: button('Restore'), reason: 'there is more', verb: 'Restore' }));
    await button('Archive').waitFor();
    expect((await logged('agent.restored')).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^ana is restored by operator:\S+: "there is more"$/),
    ]);
    expect(browser.complaints()).toEqual([]);
  });

  it('is retired for ever: nothing takes that back', async () => {
    await stage.register('zoe');
    const page = await signedIn('/agents/zoe');
    const retire = page.getByRole('main').getByRole('button', { name: 'Retire', exact: true });
    const dialog = await act(page, {
      button: retire,
      foresees: /zoe is retired/,
      reason: 'a wrong name',
      verb: 'Retire',
    });
    expect(await dialog.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await close(dialog);
    await retire.waitFor({ state: 'hidden' });
  });

  it('is left as it is by Escape, by “Leave it” and by a click beside the dialog', async () => {
    await stage.register('lea');
    const page = await signedIn('/agents/lea');
    const pause = page.getByRole('main').getByRole('button', { name: 'Pause', exact: true });
    const before = (await logged('agent.paused')).length;
    const leave: readonly (() => Promise<void>)[] = [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Leave it' }).click(),
      () => page.mouse.click(5, 5),
    ];
    for (const go of leave) {
      await pause.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill('thought of it');
      expect(await focused(page)).toMatch(/^TEXTAREA/);
      await go();
      await dialog.waitFor({ state: 'hidden' });
      expect(await focused(page)).toBe('BUTTON: Pause');
    }
    // Whoever marks what is written and lets go outside does not mean to leave.
    await pause.click();
    await page.getByRole('dialog').getByRole('textbox').fill('thought of it');
    await page.getByRole('dialog').getByRole('textbox').hover();
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    expect(await page.getByRole('dialog').getByRole('textbox').inputValue()).toBe('thought of it');
    expect((await logged('agent.paused')).length).toBe(before);
  });

  it('is acted on as it is now while the page shows the past, and the dialog says so', async () => {
    await stage.register('pat');
    const [{ seq } = { seq: 1 }] = (await logged('agent.registered')).slice(-1);
    const page = await signedIn(`/agents/pat?at=${seq}`);
    await page.getByText('The past', { exact: true }).waitFor();
    const pause = page.getByRole('main').getByRole('button', { name: 'Pause', exact: true });
    await pause.click();
    await page.getByRole('dialog').getByText('The page shows the past. This acts on the fleet as it is now.').waitFor();
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).searchParams.get('at'), 'Escape closed the dialog, not the past').toBe(String(seq));
  });
});

describe('a lock', () => {
  it('is asked for, and taken back: its holder hears that its token is stale', async () => {
    await stage.register('hal');
    const { leases } = (await stage.acquire('hal', ['task:soup'])) as { readonly leases: readonly { token: number }[] };
    const page = await signedIn('/locks?resource=task%3Asoup');
    const ask = { button: page.getByRole('button', { name: 'Ask the holder to let go' }), verb: 'Ask' };
    await close(await act(page, { ...ask, foresees: /hal/, reason: 'the soup is wanted' }));
    await page.getByText(/asked to let go/).waitFor();
    expect((await logged('message.sent')).length).toBe(1);

    const revoke = page.getByRole('button', { name: 'Revoke', exact: true });
    const dialog = await act(page, {
      button: revoke,
      foresees: /revoked from hal/,
      reason: 'it burns',
      verb: 'Revoke',
    });
    expect(await dialog.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await close(dialog);
    await page.getByText('It is free').waitFor();
    const renew = stage.as('hal', '/v1/locks/renew', { leases: [{ resource: 'task:soup', token: leases[0]?.token }] });
    await expect(renew).rejects.toThrow(/TOKEN_STALE/);
  });
});

describe('an alert and its incident', () => {
  it('is looked after and given back, silenced and heard again; a note is written; the incident is closed', async () => {
    for (const id of ['kim', 'lou']) await stage.register(id);
    await stage.acquire('kim', ['task:alarm']);
    await stage.queue('lou', ['task:alarm']);
    const page = await signedIn('/alerts');
    const card = page.getByRole('article', { name: /kim/ }).first();
    await card.waitFor();
    const button = (name: string): Locator => card.getByRole('button', { name, exact: true });
    const look = { button: button('Look after it'), reason: 'on it', verb: 'I look after it' };
    const dialog = await act(page, { ...look, foresees: /operator:/ });
    await card.getByText(/operator:\S+ looks after it: on it/).waitFor();
    await undo(dialog);
    await button('Look after it').waitFor();
    const silence = { button: button('Silence 1 h'), reason: 'it is known', verb: 'Silence' };
    await close(await act(page, { ...silence, foresees: /silence/i }));
    await close(await act(page, { button: button('End silence'), reason: 'it is not', verb: 'End it' }));
    await button('Silence 1 h').waitFor();

    await card.getByRole('link', { name: /^incident / }).click();
    const note = page.getByRole('button', { name: 'Add a note' });
    await close(await act(page, { button: note, reason: 'kim was at lunch', verb: 'Write it down' }));
    await page.getByRole('region', { name: 'Notes' }).getByText('kim was at lunch').waitFor();
    const end = page.getByRole('main').getByRole('button', { name: 'Close', exact: true });
    await close(await act(page, { button: end, foresees: /is closed/, reason: 'lunch is over', verb: 'Close it' }));
    await end.waitFor({ state: 'hidden' });
    expect((await logged('incident.closed')).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/by operator:\S+/),
    ]);
  });
});

describe('a finding', () => {
  it('is relieved by handing over to whom the operator chooses; one that does not stand any more is refused in place', async () => {
    for (const id of ['max', 'nia', 'oto', 'pia']) await stage.register(id);
    await stage.acquire('max', ['task:oven']);
    for (const id of ['nia', 'oto', 'pia']) await stage.queue(id, ['task:oven']);
    const page = await signedIn('/');
    const stale = await signedIn('/');
    const finding = (on: Page): Locator => on.getByRole('article', { name: /max holds task:oven/ });
    await finding(stale)
      .getByRole('button', { name: /^Take task:oven/ })
      .click();
    await stale.getByRole('dialog').getByRole('region', { name: 'What it would do' }).waitFor();

    await finding(page)
      .getByRole('button', { name: /^Hand task:oven over/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Who gets it').selectOption('pia');
    const foreseen = dialog.getByRole('region', { name: 'What it would do' });
    await foreseen.getByText(/pia/).first().waitFor();
    await dialog.getByRole('textbox').fill('pia has the dough ready');
    await dialog.getByRole('button', { name: 'Do it', exact: true }).click();
    await dialog.getByText(/: done\./).waitFor();
    await close(dialog);
    await finding(page).waitFor({ state: 'hidden' });
    const gone = (await logged('lease.revoked')).filter(({ agentId }) => agentId === 'max');
    expect(gone.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/by operator:.*pia has the dough ready/),
    ]);

    const late = stale.getByRole('dialog');
    await late.getByRole('textbox').fill('too late');
    await late.getByRole('button', { name: 'Do it', exact: true }).click();
    await late
      .getByRole('alert')
      .getByText(/does not stand now/)
      .waitFor();
    expect(await late.getByRole('textbox').inputValue()).toBe('too late');
  });
});

describe('an act that something comes between', () => {
  it(
    'is done once by whoever signs in again, under a server that was started again, with what was written kept',
    async () => {
      await stage.register('ivy');
      const page = await signedIn('/agents/ivy');
      await page.getByRole('main').getByRole('button', { name: 'Pause', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Reason').fill('before the night');
      const { port } = stage.server;
      await stage.server.end('SIGKILL');
      await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
      await dialog.getByText('It is not known whether it was done.', { exact: false }).waitFor();
      stage = await DashboardStage.set(scratch, { port });
      await page.getByText('Live', { exact: true }).waitFor();
      const again = dialog.getByRole('button', { name: 'Pause', exact: true });
      if (await again.isVisible()) await again.click();
      await dialog.getByText(/What you wrote is kept/).waitFor();
      await signIn(page, stage.operatorToken);
      await dialog.getByLabel('Reason').waitFor();
      expect(await dialog.getByLabel('Reason').inputValue()).toBe('before the night');
      await again.click();
      await dialog.getByText(/: done\./).waitFor();
      const paused = await waitUntil('the pause', async () => {
        const all = (await logged('agent.paused')).filter(({ agentId }) => agentId === 'ivy');
        return all.length > 0 ? all : undefined;
      });
      expect(paused.map(({ sentence }) => sentence)).toEqual([expect.stringMatching(/: "before the night"$/)]);
    },
    LIMIT.timeout * 3,
  );
});

describe('what is shown', () => {
  it('is new also where an answer that was asked for before comes after what happened', async () => {
    await stage.register('una');
    const page = await browser.open(`${stage.server.url}/system`);
    await page.getByText('Live', { exact: true }).waitFor();
    const letGo = Promise.withResolvers<undefined>();
    const answered = Promise.withResolvers<undefined>();
    await page.route(
      /\/v1\/locks\?/,
      async (route) => {
        const response = await route.fetch();
        answered.resolve(undefined);
        await letGo.promise;
        await route.fulfill({ response }).catch(/* Nobody waits for it any more. */ () => undefined);
      },
      { times: 1 },
    );
    await page.getByRole('link', { name: /^Locks/ }).click();
    await answered.promise;
    await stage.acquire('una', ['task:news']);
    const [{ seq } = { seq: 0 }] = (await logged('lease.granted')).slice(-1);
    // It heard of it: what follows every event was asked for again.
    await page.waitForResponse(async (response) => {
      if (!response.url().endsWith('/v1/fleet')) return false;
      return ((await response.json()) as { readonly head: { readonly seq: number } }).head.seq >= seq;
    });
    letGo.resolve(undefined);
    await page.getByText('task:news').first().waitFor(AT_ONCE);
    expect(browser.complaints()).toEqual([]);
  });

  it('says how long ago things were by the clock of the server, whatever that of the browser says', async () => {
    await stage.register('tim');
    const page = await browser.open(stage.server.url);
    await page.addInitScript('{ const own = Date.now; Date.now = () => own() + 3_600_000; }');
    await page.goto(`${stage.server.url}/agents/tim`);
    const joined = page.locator('dd time').last();
    await joined.waitFor();
    await waitUntil('the right time', async () => /^\d+s ago$/.test(await joined.innerText()) || undefined);
    expect(browser.complaints()).toEqual([]);
  });

  it.each(['nonsense', '999999', '2999-01-01T00:00:00Z', '2001-01-01T00:00:00Z'])(
    'is why there is nothing to show of the moment %s, once, and the way back to now',
    async (at) => {
      const page = await browser.open(`${stage.server.url}/?at=${at}`);
      const alert = page.getByRole('alert');
      await alert.getByRole('heading', { name: 'This moment cannot be shown' }).waitFor();
      expect(await alert.count()).toBe(1);
      await alert.getByRole('button', { name: 'Show the fleet as it is now' }).click();
      await page.getByRole('region', { name: 'Needs attention' }).waitFor();
      expect(new URL(page.url()).search).toBe('');
    },
  );
});
