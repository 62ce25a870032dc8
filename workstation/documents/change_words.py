"""What would change the result of a check: for every reason that has not passed, one advice."""

from collections.abc import Mapping
from typing import Final

from workstation.documents.texts import Texts
from workstation.rules.checks import CheckResult, CheckStatus

__all__ = ["ADVICE", "change_code", "find_advice"]

_SUFFIXES: Final = {
    "missing": "do_step",
    "needed": "second_officer",
    "no_answer": "ask_later",
    "not_asked": "fill_form",
    "not_configured": "administrator",
    "unreadable": "administrator",
}
"""Advice by the last word of a reason: it means the same of every check, a policy's own too."""

_FOR: Final[Mapping[str, str]] = {
    "administrator": (
        "authority.not_configured authority.unrecorded liveness.no_camera liveness.no_challenge "
        "liveness.not_started match.bad_template person.malformed person.future_photo "
        "authority.malformed liveness.too_few_commands signature.path_budget_spent"
    ),
    "answer_anew": (
        "authority.cancelled authority.foreign_evidence authority.other_evidence "
        "authority.other_iin authority.other_nonce authority.other_time authority.replayed "
        "authority.unbound authority.unnumbered person.other_iin liveness.foreign_challenge "
        "match.foreign_probe match.foreign_reference signature.foreign_evidence "
        "signature.stale_nonce signature.unbound reference.authority_silent"
    ),
    "better_light": (
        "liveness.back_light liveness.blurred liveness.glare liveness.low_confidence "
        "liveness.low_contrast liveness.too_bright liveness.too_dark liveness.no_light "
        "liveness.artefact_unjudged match.too_few_frames match.undecided "
        "different_people.not_compared"
    ),
    "better_photo": (
        "reference.back_light reference.blurred reference.eyes_closed reference.face_too_large "
        "reference.face_too_small reference.glare reference.low_confidence reference.low_contrast "
        "reference.no_face reference.not_frontal reference.occluded reference.off_centre "
        "reference.several_faces reference.sideways reference.too_bright reference.too_dark "
        "reference.too_far_left reference.too_far_right reference.too_high reference.too_low "
        "reference.too_large reference.truncated reference.unreadable reference.heic "
        "reference.image_refused reference.refused"
    ),
    "call_customer": (
        "old_number_called.concern name.alike name.unknown document_name.alike "
        "number_not_shared.shared number_not_shared.unknown old_phone_owner.other_person "
        "old_phone_owner.not_registered key_age.young key_age.unknown"
    ),
    "consent": "consent.refused",
    "cool_down": "cool_down.active",
    "correct_form": (
        "iin.birth_date iin.checksum iin.malformed iin.unchanged name.malformed person.not_found "
        "person.other_birth_date person.old_number_left_out old_phone_owner.not_on_file "
        "age.too_old"
    ),
    "document_first": (
        "age.unknown person.no_document reference.document_unread reference.no_iin "
        "reference.no_portrait reference.age_unknown reference.too_old reference.from_the_future "
        "reference.source_not_allowed reference.unsigned reference.foreign_portrait "
        "reference.no_reader reference.live_person reference.other_issuer "
        "reference.document_timeout reference.mrz_check_digit reference.mrz_malformed "
        "reference.number_check_digit reference.number_malformed reference.birth_malformed "
        "reference.expiry_malformed reference.iin_malformed"
    ),
    "final": "age.too_young person.deceased",
    "new_attempt": (
        "liveness.eyes_closed liveness.eyes_held_open liveness.face_lost liveness.face_too_large "
        "liveness.face_too_small liveness.hand_over_face liveness.incomplete liveness.interrupted "
        "liveness.moving liveness.no_blink liveness.no_depth liveness.no_face liveness.no_screen "
        "liveness.no_turn liveness.not_closer liveness.not_frontal liveness.occluded "
        "liveness.off_centre liveness.second_face liveness.several_faces liveness.sideways "
        "liveness.timed_out liveness.too_far_left liveness.too_far_right liveness.too_high "
        "liveness.too_low liveness.too_short liveness.wrong_action liveness.identity_unproven "
        "liveness.second_person liveness.frozen liveness.exception_open"
    ),
    "new_key": (
        "signature.algorithm_not_supported signature.algorithm_too_weak signature.expired "
        "signature.not_yet_valid signature.revoked signature.carrier_not_hardware "
        "signature.cloud_key_refused signature.remote_identification_refused "
        "signature.keystore_not_accepted signature.stamped_too_late signature.stamp_not_counted "
        "signature.past_status_unknown"
    ),
    "other_day": (
        "liveness.attempts_exhausted liveness.exception_not_offered liveness.way_not_offered"
    ),
    "other_document": (
        "person.document_expired reference.document_expired reference.other_number "
        "reference.other_iin reference.other_birth_date reference.other_sex"
    ),
    "other_teller": (
        "not_staff.staff not_staff.teller not_staff_face.staff not_staff_face.teller "
        "powers.teller marriage.teller guardianship.teller"
    ),
    "own_key": (
        "signature.iin_mismatch signature.iin_refused signature.bin_refused "
        "signature.wrong_key_usage signature.role_not_accepted "
        "signature.certificate_policy_not_accepted signature.signer_is_authority "
        "signature.holder_contradicts signature.purpose_of_a_service "
        "signature.unknown_critical_extension signature.authority_not_accepted "
        "signature.of_another signature.not_one_signer name.other signature.chain_refused"
    ),
    "own_number": "phone_owner.not_registered phone_owner.other_person",
    "own_person": "document_name.other different_people.one_person",
    "papers": (
        "powers.expired powers.not_related powers.out_of_scope powers.revoked powers.unknown "
        "guardianship.not_related marriage.not_related"
    ),
    "register": "loan_refusal.active person.blocked",
    "second_officer": (
        "phone_owner.unconfirmed match.second_opinion cool_down.not_active cool_down.reason_short "
        "cool_down.same_person"
    ),
    "security": (
        "antifraud.hit antifraud.victim liveness.artefact liveness.device_edges liveness.flat "
        "liveness.identity_changed liveness.looped liveness.scene_changed match.non_match "
        "match.review_denied authority.no_match authority.below one_identity.other_iin "
        "signature.answer_forged signature.answer_misdirected signature.answer_replayed "
        "signature.answer_unauthorised signature.ca_revoked signature.list_unrevokes "
        "signature.never_issued liveness.exception_refused questionnaire.concern"
    ),
    "sign_again": (
        "signature.carrier signature.content_mismatch signature.content_missing "
        "signature.content_line_ends signature.crypto_failure signature.malformed "
        "signature.no_signing_certificate signature.signing_certificate_mismatch "
        "signature.signing_certificate_ambiguous signature.signing_certificate_missing "
        "signature.signing_certificate_unreadable signature.public_key_refused "
        "signature.no_signers signature.not_a_signature signature.not_stamped "
        "signature.timestamp_wrong signature.xml_form_not_supported "
        "signature.container_not_supported signature.coverage_wrong "
        "signature.changed_after_signing signature.pages_not_signed signature.pdf_not_signed "
        "signature.files_not_signed signature.asic_xades_not_supported "
        "signature.container_not_signed"
    ),
    "sign_later": "signature.no_revocation_answer signature.no_chain",
    "spouse": "spouse_consent.not_given",
}

ADVICE: Final = {reason: advice for advice, reasons in _FOR.items() for reason in reasons.split()}
"""Advice by reason, where the reason's last word does not say it."""

_OTHERWISE: Final = "ask_officer"


def find_advice(reason: str) -> str:
    """Return the advice for a reason, empty where nothing is known of it."""
    return ADVICE.get(reason) or _SUFFIXES.get(reason.rpartition(".")[2], "")


def change_code(texts: Texts, check: CheckResult) -> str:
    """Return the code of what would change a result; empty for one that has passed.

    A reason that needs words of its own has them under `change.<reason>`.
    """
    if check.status is CheckStatus.PASSED:
        return ""
    own = f"change.{check.reason}"
    if texts.has(own):
        return own
    return f"change.{find_advice(check.reason) or _OTHERWISE}"
