"""A VAE-GAN training step in Python TensorFlow, one `tf.function`: the same network, losses and optimiser as ours."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from peer import serve

BATCH = "batch/"
PLAYERS = ("encoder", "generator", "discriminator")


class VaeGan:
    def __init__(self, config, arrays):
        self.config = config
        self.bottom = config["imageSize"] >> len(config["generator"]["channels"])
        self.w = {name: tf.Variable(array) for name, array in arrays.items() if not name.startswith(BATCH)}
        self.players = {
            player: [
                variable
                for name, variable in self.w.items()
                if name.startswith(player) and not name.endswith(("bn/mean", "bn/variance"))
            ]
            for player in PLAYERS
        }

    def normalise(self, x, layer):
        # tf.nn.batch_normalization does not fuse; the wrapper of the fused kernel raises the epsilon for cuDNN.
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x,
            scale=self.w[f"{layer}/bn/gamma"],
            offset=self.w[f"{layer}/bn/beta"],
            mean=[],
            variance=[],
            epsilon=self.config["batchNormEpsilon"],
            is_training=True,
        )
        share = 1 - self.config["batchNormMomentum"]
        for name, value in (("mean", mean), ("variance", variance)):
            average = self.w[f"{layer}/bn/{name}"]
            average.assign_sub((average - value) * share)
        return y

    def dense(self, x, name):
        return tf.matmul(x, self.w[f"{name}/W"]) + self.w[f"{name}/b"]

    def convolve(self, x, layer):
        y = tf.nn.conv2d(x, self.w[f"{layer}/conv2d/W"], 2, "SAME")
        bias = self.w.get(f"{layer}/conv2d/b")
        return y if bias is None else tf.nn.bias_add(y, bias)

    def encode(self, x):
        encoder = self.config["encoder"]
        for at in range(len(encoder["channels"])):
            layer = f"encoder/layer{at + 1}"
            x = self.convolve(x, layer)
            x = tf.nn.elu(self.normalise(x, layer) if encoder["batchNorm"] else x)
        h = tf.reshape(x, [x.shape[0], -1])
        if encoder["dense"] > 0:
            h = self.dense(h, "encoder/fc")
        mu = self.dense(h, "encoder/variational/mu")
        log_sigma = tf.tanh(self.dense(h, "encoder/variational/log_sigma")) * encoder["logSigmaLimit"]
        return (tf.tanh(mu) if encoder["mu"] == "tanh" else mu), log_sigma

    def generate(self, z):
        generator = self.config["generator"]
        size, last = self.bottom, len(generator["channels"]) - 1
        h = tf.reshape(tf.nn.elu(self.dense(z, "generator/fc")), [-1, size, size, generator["baseChannels"]])
        for at, channels in enumerate(generator["channels"]):
            layer = f"generator/layer{at + 1}"
            size *= 2
            shape = [z.shape[0], size, size, channels]
            h = tf.nn.conv2d_transpose(h, self.w[f"{layer}/deconv2d/W"], shape, 2, "SAME")
            bias = self.w.get(f"{layer}/deconv2d/b")
            h = self.normalise(h, layer) if bias is None else tf.nn.bias_add(h, bias)
            h = tf.tanh(h) if at == last and generator["output"] == "tanh" else tf.nn.elu(h)
        return h

    def discriminate(self, x):
        features = []
        for at in range(len(self.config["discriminator"]["channels"])):
            x = tf.nn.elu(self.convolve(x, f"discriminator/layer{at + 1}"))
            features.append(x)
        return self.dense(tf.reshape(x, [x.shape[0], -1]), "discriminator/logit"), features


def build(config, arrays, threads):
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    net = VaeGan(config, arrays)
    loss, optimiser = config["loss"], config["optimiser"]
    images, *given = (tf.constant(arrays[BATCH + name]) for name in ("images", "noise", "prior"))
    batch = images.shape[0]
    moments = {p: [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in net.players[p]] for p in PLAYERS}
    powers = [tf.Variable(1.0), tf.Variable(1.0)]
    betas = [optimiser["beta1"], optimiser["beta2"]]

    def half_squared_error(a, b):
        return tf.reduce_sum(tf.math.squared_difference(a, b)) * (0.5 / batch)

    def update(player, gradients):
        rate = optimiser["discriminatorLearningRate" if player == "discriminator" else "learningRate"]
        for variable, gradient, (first, second) in zip(net.players[player], gradients, moments[player]):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=betas[0],
                beta2=betas[1],
                epsilon=optimiser["epsilon"],
                grad=gradient,
            )

    @tf.function
    def train(noise, prior):
        with tf.GradientTape(persistent=True) as tape:
            mu, log_sigma = net.encode(images)
            made = net.generate(tf.concat([mu + noise * tf.exp(log_sigma), prior], 0))
            logits, features = net.discriminate(tf.concat([images, made], 0))
            kl = tf.reduce_sum(mu**2 + tf.exp(2 * log_sigma) - 2 * log_sigma - 1) * (0.5 / batch)
            pixel = half_squared_error(made[:batch], images)
            compared = [features[at] for at in config["discriminator"]["similarityLayers"]]
            similarity = tf.add_n([half_squared_error(f[batch : 2 * batch], f[:batch]) for f in compared])
            real, *made_logits = tf.split(logits, 3)
            on_real = tf.reduce_mean(tf.nn.softplus(-real))
            on_made = [tf.reduce_mean(tf.nn.softplus(part)) for part in made_logits]
            of_discriminator = (on_real + tf.add_n(on_made)) / 3
            if loss["generator"] == "minimax":
                adversarial = -of_discriminator
            else:
                adversarial = tf.add_n([tf.reduce_mean(tf.nn.softplus(-part)) for part in made_logits]) / 2
            pixel_term = pixel * loss["adversarialPixel"]
            objectives = {
                "encoder": kl * loss["kl"] + similarity * loss["encoderSimilarity"] + pixel_term,
                "generator": similarity * loss["generatorSimilarity"] + adversarial * loss["adversarial"] + pixel_term,
                "discriminator": of_discriminator,
            }
        gradients = {player: tape.gradient(objectives[player], net.players[player]) for player in PLAYERS}
        for power, beta in zip(powers, betas):
            power.assign(power * beta)
        for player in PLAYERS:
            update(player, gradients[player])
        return tf.stack([kl, pixel, similarity, on_real, *on_made])

    def step(use_given):
        noise, prior = given if use_given else [tf.random.normal(values.shape) for values in given]
        return train(noise, prior).numpy().tolist()

    return step


serve(f"TensorFlow {tf.__version__}", build)
