import { computed, shallowRef } from "vue";
import type { ServiceTest } from "../../../src/contract/service-test.ts";
import type { Profile } from "../../../src/contract/profile.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";

/** What is tested: a profile as it was saved, or as it stands in the form. */
export type TestWish = { readonly profile: string; readonly fields?: Profile };

/** The connection test as the screen shows it: live while it runs, then its end until another profile is opened. */
export function testRun(client: StationClient) {
  const test = shallowRef<ServiceTest>();
  const failure = shallowRef<ErrorReport>();
  const job = shallowRef<string>();
  const running = computed(() => job.value !== undefined);
  const name = `service-test-${Date.now().toString(36)}`;
  let count = 0;

  async function run({ profile, fields }: TestWish): Promise<void> {
    if (job.value !== undefined) return;
    const current = `${name}-${(count += 1)}`;
    job.value = current;
    test.value = undefined;
    failure.value = undefined;
    const end = client.listen("serviceTest", ({ job: told, test: changed }) => {
      if (told === job.value) test.value = changed;
    });
    try {
      const asks = { profile, job: current };
      const ended =
        fields === undefined
          ? await client.ask("service.test", asks)
          : await client.ask("service.try", { ...asks, fields });
      if (job.value === current) test.value = ended;
    } catch (error) {
      if (job.value === current) failure.value = reportOf(error);
    } finally {
      end();
      if (job.value === current) job.value = undefined;
    }
  }

  function cancel(): void {
    // How far it came shows in the test's own end.
    if (job.value !== undefined) client.ask("cancel", { job: job.value }).catch(() => undefined);
  }

  /** Ends what runs and forgets what was shown. */
  function forget(): void {
    cancel();
    job.value = undefined;
    test.value = undefined;
    failure.value = undefined;
  }

  return { test, failure, running, run, cancel, forget };
}
