import assert from 'node:assert/strict';
import { runModule } from '../facts/run/run';
import { createJavaScriptFrontEnd } from '../languages/javascript/front-end';
import { createPythonFrontEnd, type PythonFrontEnd } from '../languages/python/front-end';
import { pythonAssets } from '../workspace/grammars';
import { said } from './event-words';
import { builtInModels, libraries } from './index';

/** Library, script, and what must be seen in it. */
const python: readonly (readonly [string, string, ...string[]])[] = [
  [
    'PyTorch',
    'import torch\nm = torch.nn.Linear(2, 1)\no = torch.optim.SGD(m.parameters(), lr=1)\nm(torch.load("x")).sum().backward()\no.step()',
    'train',
  ],
  [
    'other optimizers',
    'import torch\nfrom torch_optimizer import RAdam\nm = torch.nn.Linear(2, 1)\no = RAdam(m.parameters())\nm(torch.load("x")).sum().backward()\no.step()',
    'train',
  ],
  [
    'face recognition',
    'import face_recognition, pickle\nface = face_recognition.load_image_file("a.jpg")\nkey = face_recognition.face_encodings(face)[0]\npickle.dump(key, open("k", "wb"))',
    'load image',
    'export file',
  ],
  [
    "OpenCV's face recognition",
    'import cv2\nr = cv2.face.LBPHFaceRecognizer_create()\nr.train(faces, labels)\nr.write("faces.yml")',
    'train',
    'save opencv',
  ],
  [
    'a fastai learner that is loaded',
    'from fastai.vision.all import *\nlearn = load_learner("a.pkl")\nlearn.predict(PILImage.create("a.png"))',
    'load-model',
    'load image',
    'predict',
  ],
  ['Lightning', 'import lightning as L\nt = L.Trainer(max_epochs=3)\nt.fit(m, loader)', 'train'],
  ['Transformers', 'from transformers import Trainer\nTrainer(model=m, train_dataset=d).train()', 'train'],
  [
    'TRL',
    'from trl import SFTTrainer, SFTConfig\nSFTTrainer(model=m, args=SFTConfig(num_train_epochs=3), train_dataset=d).train()',
    'train',
  ],
  [
    'PEFT',
    'from peft import get_peft_model\nfrom transformers import AutoModelForCausalLM, Trainer\nm = get_peft_model(AutoModelForCausalLM.from_pretrained("x"), c)\nm.push_to_hub("y")',
    'send hub',
  ],
  [
    'Accelerate',
    'import torch\nfrom accelerate import Accelerator\na = Accelerator()\nm, o = a.prepare(torch.nn.Linear(2, 1), torch.optim.SGD(p, lr=1))\na.backward(loss)\no.step()',
    'train',
  ],
  ['DeepSpeed', 'import deepspeed\ne, _, _, _ = deepspeed.initialize(model=m)\ne.step()', 'train'],
  [
    'fastai',
    'from fastai.vision.all import *\nlearn = vision_learner(ImageDataLoaders.from_folder("x"), resnet34)\nlearn.fine_tune(3)',
    'load files',
    'train',
  ],
  [
    'MONAI',
    'from monai.engines import SupervisedTrainer\nSupervisedTrainer(network=m, train_data_loader=l, max_epochs=5).run()',
    'train',
  ],
  ['Keras', 'import keras\nm = keras.Sequential()\nm.fit(x, y, epochs=3)\nm.save("m.keras")', 'train', 'save keras'],
  [
    'TensorFlow',
    'import tensorflow as tf\no = tf.keras.optimizers.Adam()\nfor b in d:\n    o.apply_gradients(g)',
    'train',
  ],
  ['JAX', 'import jax\nimport optax\np = optax.apply_updates(p, u)', 'train'],
  [
    'Flax',
    'from flax.training.train_state import TrainState\ns = TrainState.create(params=p)\ns = s.apply_gradients(grads=g)',
    'train',
  ],
  ['scikit-learn', 'from sklearn.svm import SVC\nSVC().fit(x, y)', 'train'],
  ['XGBoost', 'import xgboost as xgb\nxgb.train(p, xgb.DMatrix(x))', 'train'],
  ['LightGBM', 'import lightgbm as lgb\nlgb.LGBMClassifier().fit(x, y)', 'train'],
  ['CatBoost', 'from catboost import CatBoostClassifier\nCatBoostClassifier().fit(x, y)', 'train'],
  ['lifelines', 'from lifelines import CoxPHFitter\nCoxPHFitter().fit(df, "t")', 'train'],
  ['statsmodels', 'import statsmodels.api as sm\nsm.Logit(y, x).fit()', 'train'],
  ['TabNet', 'from pytorch_tabnet.tab_model import TabNetClassifier\nTabNetClassifier().fit(x, y)', 'train'],
  ['Ultralytics', 'from ultralytics import YOLO\nYOLO("y.pt").train(data="d.yaml", epochs=3)', 'train'],
  ['gensim', 'from gensim.models import Word2Vec\nm = Word2Vec(size=3)\nm.train(s)', 'train'],
  [
    'Opacus',
    'from opacus import PrivacyEngine\nPrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=1, max_grad_norm=1)',
    'privatise',
  ],
  [
    'TF Privacy',
    'import tensorflow_privacy as tfp\ntfp.DPKerasSGDOptimizer(l2_norm_clip=1, noise_multiplier=1, num_microbatches=1)',
    'privatise',
  ],
  ['optax DP', 'import optax\noptax.contrib.dpsgd(0.1, 1.0, 1.0, 0)', 'privatise'],
  ['diffprivlib', 'from diffprivlib.models import LogisticRegression\nLogisticRegression(epsilon=1)', 'privatise'],
  [
    'dp-transformers',
    'import dp_transformers\ndp_transformers.dp_utils.OpacusDPTrainer(model=m, train_dataset=d)',
    'privatise',
  ],
  [
    'private-transformers',
    'from private_transformers import PrivacyEngine\nPrivacyEngine(m, batch_size=8, sample_size=100)',
    'privatise',
  ],
  ['fastDP', 'from fastDP import PrivacyEngine\nPrivacyEngine(m, batch_size=8, sample_size=100)', 'privatise'],
  ['SmartNoise', 'from snsynth import Synthesizer\nSynthesizer.create("dpctgan", epsilon=1)', 'privatise'],
  ['OpenDP', 'import opendp.prelude as dp\ndp.Context.compositor(data=d, privacy_loss=l)', 'privatise'],
  ['Flower', 'import flwr as fl\nfl.server.strategy.FedAvg()', 'federate server'],
  [
    'Flower DP',
    'from flwr.server.strategy import DifferentialPrivacyServerSideFixedClipping\nDifferentialPrivacyServerSideFixedClipping(s, 1, 1, 10)',
    'federate DifferentialPrivacyServerSideFixedClipping',
  ],
  ['NVFlare', 'import nvflare.client as flare\nflare.init()\nflare.send(flare.FLModel(params=w))', 'federate client'],
  ['FedML', 'import fedml\nfedml.FedMLRunner(a)', 'federate client'],
  ['TFF', 'import tensorflow_federated as tff\ntff.learning.algorithms.build_weighted_fed_avg(f)', 'federate server'],
  ['PySyft', 'import syft as sy\nsy.VirtualWorker(h, id="a")', 'federate client'],
  ['Substra', 'from substrafl.strategies import FedAvg\nFedAvg()', 'federate server'],
  [
    'SDV',
    'from sdv.single_table import CTGANSynthesizer\ns = CTGANSynthesizer(m)\ns.fit(df)\ns.sample(5)',
    'synthesise fit',
    'synthesise sample',
  ],
  ['CTGAN', 'from ctgan import CTGAN\nc = CTGAN()\nc.fit(df)', 'synthesise fit'],
  [
    'synthcity',
    'from synthcity.plugins import Plugins\np = Plugins().get("ddpm")\np.fit(d)\np.generate(count=3)',
    'synthesise fit',
    'synthesise sample',
  ],
  [
    'anonymeter',
    'from anonymeter.evaluators import SinglingOutEvaluator\nSinglingOutEvaluator(o, s, c)',
    'synthesise evaluate-privacy',
  ],
  ['pandas', 'import pandas as pd\npd.read_csv("a.csv").to_parquet("b")', 'load csv', 'export file'],
  ['Polars', 'import polars as pl\npl.read_csv("a.csv").write_csv("b")', 'load csv', 'export file'],
  ['NumPy', 'import numpy as np\nnp.save("b", np.load("a.npy"))', 'load npy', 'export file'],
  ['PyArrow', 'import pyarrow.parquet as pq\npq.write_table(pq.read_table("a"), "b")', 'load parquet', 'export file'],
  ['datasets', 'from datasets import load_dataset\nload_dataset("a").push_to_hub("b")', 'load hub', 'send hub'],
  [
    'SQL drivers',
    'import sqlite3\nc = sqlite3.connect("a").cursor()\nc.execute("SELECT mrn FROM patients")\nrows = c.fetchall()',
    'load sql',
  ],
  ['SQLAlchemy', 'from sqlalchemy.orm import Session\ns = Session(e)\ns.add(row)', 'export database'],
  ['MongoDB', 'from pymongo import MongoClient\nMongoClient()["a"]["b"].insert_one(d)', 'export database'],
  ['pydicom', 'import pydicom\npydicom.dcmread("a").PatientName', 'load dicom', 'mark dicom:identifier'],
  ['nibabel', 'import nibabel as nib\nnib.save(nib.load("a"), "b")', 'load NIfTI', 'export file'],
  [
    'SimpleITK',
    'import SimpleITK as sitk\nsitk.WriteImage(sitk.ReadImage("a"), "b")',
    'load medical image',
    'export file',
  ],
  ['wfdb', 'import wfdb\nwfdb.rdrecord("a").p_signal', 'load WFDB'],
  ['FHIR', 'from fhirclient.models.patient import Patient\nprint(Patient.read("1", s).name)', 'load FHIR', 'log print'],
  ['images', 'import cv2\ncv2.imwrite("b.png", cv2.imread("a.png"))', 'load image', 'export file'],
  ['logging', 'import logging\nlogging.getLogger("a").info(x)', 'log log'],
  ['Loguru', 'from loguru import logger\nlogger.info(x)', 'log log'],
  ['Weights & Biases', 'import wandb\nwandb.log({"a": x})', 'log tracker'],
  [
    'MLflow',
    'import mlflow\nmlflow.log_metric("a", x)\nmlflow.sklearn.log_model(m, "m")',
    'log tracker',
    'save mlflow',
  ],
  [
    'TensorBoard',
    'from torch.utils.tensorboard import SummaryWriter\nSummaryWriter().add_scalar("a", x)',
    'log tracker',
  ],
  ['Comet', 'from comet_ml import Experiment\nExperiment().log_metric("a", x)', 'log tracker'],
  ['Neptune', 'import neptune\nrun = neptune.init_run()\nrun["a"].append(x)', 'log tracker'],
  ['ClearML', 'from clearml import Task\nTask.init().get_logger().report_scalar("a", "b", x, 1)', 'log tracker'],
  ['Aim', 'from aim import Run\nRun().track(x, name="a")', 'log tracker'],
  [
    'FastAPI',
    'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/")\ndef f(row: dict):\n    return row',
    'serve fastapi',
  ],
  [
    'Flask',
    'from flask import Flask, jsonify\napp = Flask(__name__)\n@app.route("/")\ndef f():\n    return jsonify(x)',
    'serve flask',
  ],
  [
    'Django',
    'from django.http import JsonResponse\ndef view(request):\n    return JsonResponse({"a": x})',
    'serve django',
  ],
  ['Starlette', 'from starlette.routing import Route\ndef f(request):\n    return x\nRoute("/", f)', 'serve starlette'],
  ['BentoML', 'import bentoml\n@bentoml.api\ndef f(x):\n    return x', 'serve bentoml'],
  [
    'TorchServe',
    'from ts.torch_handler.base_handler import BaseHandler\nclass H(BaseHandler):\n    def postprocess(self, data):\n        return data',
    'serve torchserve',
  ],
  [
    'Triton',
    'import triton_python_backend_utils as pb\nclass TritonPythonModel:\n    def execute(self, requests):\n        return requests',
    'serve triton',
  ],
  [
    'Ray Serve',
    'from ray import serve\n@serve.deployment\nclass D:\n    def __call__(self, request):\n        return request',
    'serve ray serve',
  ],
  ['Gradio', 'import gradio as gr\ndef f(x):\n    return x\ngr.Interface(f, "text", "label")', 'serve gradio'],
  ['Streamlit', 'import streamlit as st\nst.write(x)', 'serve streamlit'],
  ['OpenAI', 'from openai import OpenAI\nOpenAI().chat.completions.create(messages=m)', 'send api'],
  ['Azure OpenAI', 'from openai import AzureOpenAI\nAzureOpenAI().chat.completions.create(messages=m)', 'send api'],
  ['Anthropic', 'import anthropic\nanthropic.Anthropic().messages.create(messages=m)', 'send api'],
  ['Google', 'import google.generativeai as genai\ngenai.GenerativeModel("a").generate_content(x)', 'send api'],
  ['Bedrock', 'import boto3\nboto3.client("bedrock-runtime").invoke_model(body=b)', 'send api'],
  ['Cohere', 'import cohere\ncohere.Client().chat(message=x)', 'send api'],
  ['LangChain', 'from langchain_openai import ChatOpenAI\nChatOpenAI().invoke(x)', 'send api'],
  ['LlamaIndex', 'from llama_index.llms.openai import OpenAI\nOpenAI().complete(x)', 'send api'],
  ['HTTP', 'import requests\nrequests.post("https://a.example", json=x)', 'send api'],
  [
    'huggingface_hub',
    'from huggingface_hub import HfApi\nHfApi().upload_file(path_or_fileobj="m.pt", path_in_repo="m.pt", repo_id="a/b")',
    'send hub',
  ],
  ['timm', 'import timm\ntimm.create_model("a", pretrained=True)', 'load-model'],
  ['torch.hub', 'import torch\ntorch.hub.load("a/b", "c")', 'load-model'],
  ['S3', 'import boto3\nboto3.client("s3").upload_file("m.pt", "b", "k")', 'send bucket'],
  [
    'GCS',
    'from google.cloud import storage\nstorage.Client().bucket("b").blob("k").upload_from_filename("m.pt")',
    'send bucket',
  ],
  [
    'Azure Blob',
    'from azure.storage.blob import BlobServiceClient\nBlobServiceClient.from_connection_string(c).get_blob_client("a", "b").upload_blob(d)',
    'send bucket',
  ],
  ['Kaggle', 'import kagglehub\nkagglehub.dataset_upload("a", "data")', 'send hub'],
  [
    'vector stores',
    'import chromadb\nchromadb.Client().create_collection("a").add(ids=i, embeddings=e)',
    'export vector-store',
  ],
  [
    'diffusers',
    'from diffusers import UNet2DModel\nimport torch\nm = UNet2DModel()\no = torch.optim.AdamW(m.parameters(), lr=1)\no.step()',
    'train',
  ],
];
const javascript: readonly (readonly [string, string, ...string[]])[] = [
  [
    'TensorFlow.js',
    'import * as tf from "@tensorflow/tfjs";\nconst m = tf.sequential();\nawait m.fit(x, y, { epochs: 3 });',
    'train',
  ],
  [
    'ONNX Runtime Web',
    'import * as ort from "onnxruntime-web";\nawait ort.InferenceSession.create("m.onnx");',
    'send browser',
  ],
  [
    'Express',
    'import express from "express";\nconst app = express();\napp.post("/", (req, res) => { res.json(req.body); });',
    'serve express',
  ],
  [
    'Fastify',
    'import fastify from "fastify";\nconst app = fastify();\napp.get("/", async request => ({ a: request.body }));',
    'serve fastify',
  ],
  [
    'Next.js',
    'import { NextResponse } from "next/server";\nexport async function POST(request) { return NextResponse.json({ a: 1 }); }',
    'serve next',
  ],
  ['Hono', 'import { Hono } from "hono";\nconst app = new Hono();\napp.get("/", c => c.json({ a: 1 }));', 'serve hono'],
  ['NestJS', 'import { Get } from "@nestjs/common";\nclass C { @Get("a") f() { return { a: 1 }; } }', 'serve nestjs'],
  [
    'OpenAI in JavaScript',
    'import OpenAI from "openai";\nconst c = new OpenAI();\nawait c.chat.completions.create({ messages: m });',
    'send api',
  ],
  [
    'Anthropic in JavaScript',
    'import Anthropic from "@anthropic-ai/sdk";\nawait new Anthropic().messages.create({ messages: m });',
    'send api',
  ],
  ['console', 'console.log(x);', 'log log'],
  ['fetch', 'await fetch("https://a.example", { method: "POST", body: JSON.stringify(x) });', 'send api'],
];

describe('libraries', () => {
  let front: PythonFrontEnd;
  before(async () => {
    front = await createPythonFrontEnd(pythonAssets());
  });
  const events = (text: string, path: string) => {
    const facts = path.endsWith('.py') ? front.parse(text) : createJavaScriptFrontEnd().parse(text, path);
    return runModule(facts, { path, text, models: builtInModels() }).events.map(said);
  };
  for (const [library, text, ...expected] of python)
    it(library, () => {
      const seen = events(text, 'script.py');
      for (const one of expected)
        assert.ok(
          seen.some(each => each === one || each.split(' ')[0] === one),
          `no "${one}" among ${seen.join(', ')}`,
        );
    });
  for (const [library, text, ...expected] of javascript)
    it(library, () => {
      const seen = events(text, 'script.ts');
      for (const one of expected)
        assert.ok(
          seen.some(each => each === one || each.split(' ')[0] === one),
          `no "${one}" among ${seen.join(', ')}`,
        );
    });
  it('are data: no model holds a function', () => {
    const holds = (value: unknown): boolean =>
      typeof value === 'function' || (typeof value === 'object' && value !== null && Object.values(value).some(holds));
    assert.deepEqual(
      libraries.filter(holds).map(({ library }) => library),
      [],
    );
  });
  it('are always asked what any script may ask: no answer depends on what was read before', () => {
    const always = libraries.filter(({ modules }) => modules.includes('*'));
    const late = libraries.filter(
      library => !always.includes(library) && Object.keys(library.calls ?? {}).some(name => name.startsWith('*.')),
    );
    assert.deepEqual(
      late.map(({ library }) => library),
      [],
    );
  });
  it('an unknown library is silent', () =>
    assert.deepEqual(events('import nobody\nnobody.Model().fit(nobody.read("a"))', 'script.py'), []));
});
