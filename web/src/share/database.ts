// One record in the browser's database. Every failure is a rejected promise: storage may be full, switched off, or gone in between.

const kDatabase = 'induction-playground';
const kStore = 'runs';
const kKey = 'last';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(kDatabase, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(kStore);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(kStore, mode);
      const request = ask(transaction.objectStore(kStore));
      // Written only when the transaction is over: a full disk says so then.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export function writeRecord(record: unknown): Promise<unknown> {
  return inStore('readwrite', (store) => store.put(record, kKey));
}

export function readRecord(): Promise<unknown> {
  return inStore('readonly', (store) => store.get(kKey));
}

export function deleteRecord(): Promise<unknown> {
  return inStore('readwrite', (store) => store.delete(kKey));
}
