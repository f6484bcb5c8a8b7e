"""One JSON question a line on standard input, one JSON answer a line on standard output: what other accountants say and how long they take.

A question: {"noiseMultiplier", "sampleRate", "steps", "delta"}. An answer: {tool: {"epsilon", "ms"}}; tools that are not installed are left out.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def dp_accounting_tools():
    import dp_accounting
    from dp_accounting import pld, rdp

    def event(q):
        step = dp_accounting.PoissonSampledDpEvent(q["sampleRate"], dp_accounting.GaussianDpEvent(q["noiseMultiplier"]))
        return dp_accounting.SelfComposedDpEvent(step, q["steps"])

    def pld_epsilon(q):
        return pld.PLDAccountant().compose(event(q)).get_epsilon(q["delta"])

    def rdp_epsilon(q):
        return rdp.RdpAccountant().compose(event(q)).get_epsilon(q["delta"])

    return {"dp_accounting PLD": pld_epsilon, "dp_accounting RDP": rdp_epsilon}


def opacus_tools():
    from opacus.accountants import create_accountant

    def by(name):
        def epsilon(q):
            accountant = create_accountant(name)
            accountant.history = [(q["noiseMultiplier"], q["sampleRate"], q["steps"])]
            return accountant.get_epsilon(q["delta"])

        return epsilon

    return {f"Opacus {name}": by(name) for name in ("prv", "rdp", "gdp")}


def prv_tools():
    from prv_accountant import PoissonSubsampledGaussianMechanism, PRVAccountant

    def epsilon(q):
        prv = PoissonSubsampledGaussianMechanism(
            sampling_probability=q["sampleRate"], noise_multiplier=q["noiseMultiplier"]
        )
        accountant = PRVAccountant(
            prvs=[prv], eps_error=0.01, delta_error=q["delta"] / 1000, max_self_compositions=[q["steps"]]
        )
        return accountant.compute_epsilon(q["delta"], [q["steps"]])[1]

    return {"prv_accountant": epsilon}


def main():
    tools = {}
    for make in (dp_accounting_tools, opacus_tools, prv_tools):
        try:
            tools.update(make())
        except ImportError as error:
            print(f"not installed: {error.name}", file=sys.stderr)
    for line in sys.stdin:
        question = json.loads(line)
        answers = {}
        for name, ask in tools.items():
            try:
                ask(question)
                start = time.process_time()
                value = float(ask(question))
                answers[name] = {"epsilon": value, "ms": 1000 * (time.process_time() - start)}
            except Exception as error:  # a peer that fails is told as such
                answers[name] = {"error": type(error).__name__}
        print(json.dumps(answers), flush=True)


main()
