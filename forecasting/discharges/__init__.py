"""Patients to discharges: the chance that each patient in bed now leaves soon, or stays long, from past stays."""
