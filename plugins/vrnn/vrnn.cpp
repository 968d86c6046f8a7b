#include <cmath>
#include <numbers>

#include <recur/sdk.hpp>

// Variational recurrent network.  x [N, I], z [N, K], h [N, H]; every feature network has one hidden layer of F units.
struct Vrnn : recur::Cell {
  const int64_t K = hyper("latent", 16, {1, 4096}, "K, width of the latent variable");
  const int64_t F = hyper("features", 64, {1, 65536}, "F, units of each of the feature networks");
  Hyper<std::string> emission = hyper("emission", "gaussian", {"gaussian", "bernoulli", "categorical"}, "distribution of x; categorical: x is one-hot");
  Hyper<std::string> recurrence = hyper("recurrence", "lstm", {"lstm", "gru", "vanilla"}, "cell that carries h");
  Hyper<std::string> gives = hyper("output", "state", {"state", "density"}, "h for what lies above, or x with its distribution and the bound");
  Hyper<double> kl_weight = hyper("kl_weight", 1.0, {0, 1e6}, "of the KL term in the loss");
  Hyper<int64_t> warm_up = hyper("kl_warm_up", 0, {0, 1e9}, "updates over which the KL term's weight grows from 0");
  Hyper<double> floor = hyper("deviation_floor", 1e-3, {0, 1}, "least standard deviation of every Gaussian");

  const int64_t E = emission == "gaussian" ? 2 * input : input;  // parameters of x's distribution
  const bool density = gives == "density";

  Weight x_features = input_weight("x_features", F), x_features_b = bias("x_features_b", F);
  Weight z_features = weight("z_features", {K, F}), z_features_b = bias("z_features_b", F);
  Weight from_h = recurrent_weight("from_h", 3 * F).gates("prior posterior emission");
  Weight from_h_b = bias("from_h_b", 3 * F).gates("prior posterior emission");
  Weight posterior_x = weight("posterior_x", {F, F}), emission_z = weight("emission_z", {F, F});
  Weight prior_out = weight("prior", {F, 2 * K}).gates("mean deviation"), prior_b = bias("prior_b", 2 * K);
  Weight posterior_out = weight("posterior", {F, 2 * K}).gates("mean deviation"), posterior_b = bias("posterior_b", 2 * K);
  Weight emission_out = weight("emission", {F, E}), emission_b = bias("emission_b", E);
  Inner core = inner("core", recurrence, 2 * F, hidden);
  Vrnn() {
    carry_states_of(core);
    if (!density) return;
    gives_density(emission == "gaussian" ? RECUR_GAUSSIAN : emission == "bernoulli" ? RECUR_BERNOULLI : RECUR_CATEGORICAL, input + E, input + E + 1);
  }

  Step step(Var x, State s) override {
    const bool draws_x = density && phase() == RECUR_GENERATE;  // else x is given, as to any other cell
    auto [h_prior, h_posterior, h_emission] = split<3>(matmul(s["core.h"], from_h) + from_h_b);
    Gaussian prior = gaussian(matmul(relu(h_prior), prior_out) + prior_b), posterior = prior;
    Var noise = normal({x.dim(0), K});
    if (!draws_x) {
      Var features = relu(matmul(x, x_features) + x_features_b);
      posterior = gaussian(matmul(relu(matmul(features, posterior_x) + h_posterior), posterior_out) + posterior_b);
    }
    Var z = posterior.mean + posterior.deviation * noise;
    Var z_seen = relu(matmul(z, z_features) + z_features_b);
    Var parameters = matmul(relu(matmul(z_seen, emission_z) + h_emission), emission_out) + emission_b;
    if (draws_x) x = drawn(parameters);

    auto [h, states] = core.step(concat(relu(matmul(x, x_features) + x_features_b), z_seen), core.states(s));
    Step result{.output = h};
    core.put(states, result.state);

    Var bound = constant(0, {x.dim(0), 1}), log_weight = bound;
    if (!draws_x) {
      Var nll = negative_log_likelihood(parameters, x), kl = divergence(posterior, prior);
      const bool grows = warm_up > 0 && phase() == RECUR_TRAIN;
      auxiliary_loss("nll", nll);
      auxiliary_loss("kl", grows ? min(updates() / warm_up, 1) * kl : kl, kl_weight);
      bound = -(nll + kl);
      log_weight = total(0.5 * square(noise) + log(posterior.deviation) - 0.5 * square((z - prior.mean) / prior.deviation) - log(prior.deviation)) - nll;
    }
    if (density) result.output = concat(x, parameters, bound, log_weight);
    return result;
  }

  struct Gaussian {
    Var mean, deviation;
  };
  Gaussian gaussian(Var parameters) const {
    auto [mean, deviation] = split<2>(parameters);
    return {mean, softplus(deviation) + floor};
  }
  static Var total(Var x) { return sum(x, {-1}, true); }  // [N, 1]

  // KL(q || p), in nats.
  static Var divergence(const Gaussian& q, const Gaussian& p) {
    return total(log(p.deviation) - log(q.deviation) + 0.5 * (square(q.deviation) + square(q.mean - p.mean)) / square(p.deviation) - 0.5);
  }

  // -log p(x | z, h), in nats.
  Var negative_log_likelihood(Var parameters, Var x) const {
    if (emission == "bernoulli") return total(softplus(parameters) - x * parameters);
    if (emission == "categorical") return -total(x * log_softmax(parameters));
    const Gaussian p = gaussian(parameters);
    return total(0.5 * square((x - p.mean) / p.deviation) + log(p.deviation) + 0.5 * std::log(2 * std::numbers::pi));
  }

  Var drawn(Var parameters) const {
    if (emission == "bernoulli") return uniform_like(parameters) < sigmoid(parameters);
    if (emission == "categorical") {  // the largest of logits with Gumbel noise
      Var scores = parameters - log(-log(uniform_like(parameters) + 1e-20));
      return equal(scores, reduce_max(scores, {-1}, true));
    }
    const Gaussian p = gaussian(parameters);
    return p.mean + p.deviation * normal_like(p.mean);
  }
};

RECUR_CELL(Vrnn, "vrnn", "1.0.0", "Variational recurrent network: a latent variable at each step, with a prior that follows the past",
           "Chung et al., A recurrent latent variable model for sequential data, NIPS 2015, arXiv:1506.02216")
