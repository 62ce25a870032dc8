"""One customer through a production station, its services and NCALayer as its settings name them.

Only the device is a stand-in, for this machine has no camera: the simulated customer sits before
it and the product's own models look at the pictures. A program of its own, so that nothing of a
test reaches into the station: FOLDER PASSPHRASE TELLER SECRET.
"""

import sys
from dataclasses import replace
from pathlib import Path

from tests.support.station.stations import Told, form
from vision.analysis import InlineAnalysis
from vision.camera.simulated import SimulatedCamera, SimulatedVariant
from vision.frame import CameraIdentity, CameraKind
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.station import Station

__all__ = ["PluggedIn", "play"]

_MOST_FRAMES = 3000


class PluggedIn(SimulatedCamera):
    """The simulated customer before a device that the system knows."""

    @property
    def identity(self) -> CameraIdentity:
        """What the system says of the device."""
        said = super().identity
        return replace(said, kind=CameraKind.DEVICE, name="HD Webcam", hardware_id="046d:0825 1-2")


def play(folder: Path, passphrase: str, teller: str, secret: str) -> str:
    """Return outcome, reason and how many permits there are."""
    camera = PluggedIn(variant=SimulatedVariant.GENUINE, seed=1, paced=False)
    given = bootstrap.Overrides(open_camera=lambda: camera, analysis=InlineAnalysis())
    services = bootstrap.build(folder, given, lambda _failures: passphrase)
    services.analysis.start()
    told = Told()
    station = Station(services, told)

    def do(command: c.Command) -> None:
        task = station.handle(command)
        while task is not None:
            try:
                outcome: object = task.run()
            except Exception as error:  # noqa: BLE001 - the station judges it
                outcome = error
            task = station.finish(task, outcome)

    try:
        do(c.ReportCustomerWindow(shown=True))
        station.camera_opened(camera)
        station.lists_updated()
        do(c.SignIn(teller, secret))
        customer = next(each for each in PEOPLE if each.key is CustomerKey.GOOD)
        numbers = {"new_phone": customer.new_phone, "old_phone": customer.phone}
        do(
            c.BeginOperation(
                form(untrusted_iin=customer.iin, untrusted_name=customer.full_name, **numbers)
            )
        )
        do(c.GiveConsent("ru"))
        do(c.StartLiveness())
        for _ in range(_MOST_FRAMES):
            if not station.wants_frames:
                break
            task = station.take_frame(camera.read(), camera)
            while task is not None:
                task = station.finish(task, task.run())
        do(c.Sign(SigningMethod.NCALAYER))
        if told.sessions[-1].state is State.CONFIRMATION:
            do(c.Confirm())
        now, permits = told.sessions[-1], len(list(services.core_banking.glob("*.jws")))
        if now.state is not State.RECORDED or now.decision is None:
            return f"{now.state} {now.message} {told.stations[-1].message}"
        return f"{now.decision.outcome} {now.decision.reason} {permits}"
    finally:
        services.analysis.close()
        bootstrap.close(services)


if __name__ == "__main__":
    sys.stdout.write(f"{play(Path(sys.argv[1]), *sys.argv[2:])}\n")
