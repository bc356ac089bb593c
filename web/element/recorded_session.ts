// The session of a figure: beside what the page's does, it opens a recording over the run that is open, if it is of just that run. Then
// all that was recorded is the run's past, which can be shown, played again and gone on from as if it had been trained here.
import type { Answer, Body, Status } from '../src/protocol.ts';
import { Session } from '../src/session.ts';
import { differs, isRecording, readOpening, readStates } from './recording.ts';

const kFast = 400;

const plain = (session: Session) => session.open_file;

export class RecordedSession extends Session {
  private laid = false;
  private readonly openPlain = plain(this);

  /** Recorded states are far apart: what is replayed at full speed is trained, in steps per second. */
  override play({ steps_per_second }: Body<'play'>): Status {
    return super.play({ steps_per_second: steps_per_second ?? (this.past.back && this.laid ? kFast : null) });
  }

  override open_file = (body: Body<'open_file'>): Answer<'open_file'> =>
    isRecording(body.bytes) ? this.openRecording(body.bytes) : this.openPlain(body);

  private openRecording(bytes: Uint8Array): Answer<'open_file'> {
    const trainer = this.opened();
    const recording = readOpening(bytes);
    const other = differs(recording.course, trainer.course);
    if (other !== null) throw new Error(`The recording cannot be used: ${other}.`);
    if (trainer.step !== 0) throw new Error('The recording cannot be used: the run has begun already.');
    const states = readStates(recording, bytes).filter(({ step }) => step > 0 && step <= this.present.end);
    for (const { step, signature, bytes: state } of states) {
      trainer.load(state);
      if (trainer.step !== step || trainer.signature() !== signature)
        throw new Error(
          `The recording cannot be used: the state at step ${step} has not the signature that it was recorded with.`,
        );
      this.past.reached(false, recording.records.find((record) => record.step === step) ?? null);
    }
    for (const record of recording.records) if (record.step <= trainer.step) this.past.records.add(record);
    this.past.seek(0, true);
    if (trainer.step !== 0) throw new Error('The recording cannot be used: its states are too large to be kept here.');
    this.laid = true;
    const { tokens } = this.prompt({ tokens: null });
    const { d_head, n_parameters } = trainer;
    return { ...this.present.of(trainer), d_head, n_parameters, tokens };
  }
}
