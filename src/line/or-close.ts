/**
 * Does what builds upon something that is open; where that fails, closes it first: a line that nobody holds would look for its
 * servers as long as the program lives.
 */
export async function orClose<T>(work: () => T, close: () => Promise<void>): Promise<T> {
  try {
    return work();
  } catch (error) {
    await close();
    throw error;
  }
}
