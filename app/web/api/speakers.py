"""/api/v1/jobs/<id>/speakers, /api/v1/voices: who speaks, by what names, and which voices are remembered."""

from typing import Any

from apiflask import APIBlueprint

from app.pipeline.recording import Recording
from app.web.api.speakers_schema import SpeakerName, SpeakersAnswer, VoicesAnswer
from app.web.core import speakers, voices
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.i18n import speaker_name
from app.web.core.turns import in_turn

bp = APIBlueprint("speakers_api", __name__, url_prefix="/api/v1", tag="Jobs")
bp.before_request(check_key)


@bp.get("/jobs/<job_id>/speakers")
@in_turn
@bp.output(SpeakersAnswer)
@bp.doc(
    summary="Say who speaks for how long",
    description="With names that were said in the recording, each for the voice whose it probably is.",
)
def index(job_id: str) -> dict[str, Any]:
    return _described(konspekt().jobs.results.corrected(konspekt().jobs.get(owner(), job_id)).recording)


@bp.patch("/jobs/<job_id>/speakers")
@in_turn
@bp.input(SpeakerName, arg_name="wanted")
@bp.output(SpeakersAnswer)
@bp.doc(
    summary="Call a speaker by a name in all lines",
    description="A name that is there already makes one speaker of two. With `remember` the voice is known"
    " again in later recordings; where it cannot be, nothing is changed.",
)
def call(job_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    job = konspekt().jobs.get(owner(), job_id)
    if wanted["remember"]:
        voices.remember(job, wanted["name"], [wanted["speaker"]])
    return _described(speakers.call(job, wanted["speaker"], wanted["name"]).recording)


@bp.get("/voices")
@bp.output(VoicesAnswer)
@bp.doc(summary="List the voices that are remembered")
def remembered() -> dict[str, Any]:
    return {"voices": voices.voices().of(owner())}


@bp.delete("/voices/<voice_id>")
@bp.output({}, status_code=204)
@bp.doc(summary="Forget a voice")
def forget(voice_id: str) -> str:
    voices.voices().forget(owner(), voice_id)
    return ""


def _described(recording: Recording) -> dict[str, Any]:
    return {
        "speakers": [
            {
                "id": one.id,
                "name": speaker_name(one.id),
                "seconds": round(one.seconds, 2),
                "said_name": one.said,
            }
            for one in speakers.speakers_of(recording)
        ]
    }
